"""Makes worlds: usage records as rows of text, in the order in which they are imported, with revisions and withdrawals."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.laws.edges import HOUR_US, SCENES, Scene, moments
from tests.oracle.times import microsecond, written

CACHE_COLUMNS = (
    "cache_id",
    "account_id",
    "region",
    "cache_name",
    "creation_method",
    "size_gib",
    "snapshot_gib",
    "instant",
    "created_at",
    "ready_at",
    "failed_at",
    "standard_snapshot_at",
    "deleted_at",
    "retention_days",
    "expires_at",
    "snapshot_copies",
    "flash_copies",
    "last_matched_at",
    "elimination_strategy",
    "tags",
    "observed_at",
    "retracted",
)
QUOTA_COLUMNS = ("account_id", "region", "quota", "limit", "used", "observed_at")
INSTANCE_COLUMNS = (
    "instance_id",
    "account_id",
    "region",
    "cache_id",
    "vcpu",
    "memory_gib",
    "extra_ephemeral_gib",
    "started_at",
    "ended_at",
    "tags",
    "observed_at",
    "retracted",
)

_HERE = [("100", "cn-hangzhou"), ("200", "cn-hangzhou")]
_PLACES = st.sampled_from([*_HERE * 3, ("100", "cn-beijing"), ("200", "cn-hongkong")])
_TIMES = (
    "created_at",
    "ready_at",
    "failed_at",
    "standard_snapshot_at",
    "deleted_at",
    "started_at",
    "ended_at",
)
_CACHES = ("imc-a", "imc-b", "imc-c", "imc-d")
_OFFSETS = st.sampled_from([0, 8 * 60, 5 * 60 + 30, -9 * 60 - 30])
_SIZES = st.one_of(
    st.sampled_from(["20", "30", "40", "30.5", "0.000001", "32768", "333.333333", "29.999999"]),
    st.integers(1, 200 * 10**6).map(lambda micro: f"{micro // 10**6}.{micro % 10**6:06d}"),
)
_TAGS = st.sampled_from(["", "", '{"team":"search"}', '{"team":"ads","a":"b"}'])

Rows = list[dict[str, str]]


@dataclass(frozen=True)
class World:
    """The rows of a test, in the order of import; `present` are moments that bills may be asked for, in microseconds."""

    scene: Scene
    caches: Rows
    instances: Rows
    present: tuple[int, ...]


@st.composite
def worlds(
    draw: st.DrawFn, scenes: Sequence[Scene] = SCENES, revisions: int = 3, at_once: bool = False
) -> World:
    """A scene with some caches and more instances; up to `revisions` later versions of each kind.

    No two versions are observed at the same moment, unless `at_once`, where many are.
    """
    scene = draw(st.sampled_from(scenes))
    caches = draw(st.lists(cache_rows(scene), min_size=3, max_size=6, unique_by=_cache_name))
    instances = draw(st.lists(instance_rows(scene), min_size=4, max_size=12, unique_by=_instance_name))
    for row in instances:
        if draw(st.integers(0, 3)):
            used = draw(st.sampled_from(caches))
            row |= {column: used[column] for column in ("account_id", "region", "cache_id")}
    instances = list({_instance_name(row): row for row in instances}.values())
    if revisions:
        caches += _renamed(draw, draw(st.lists(cache_rows(scene), max_size=revisions)), caches, "cache_id")
        later = draw(st.lists(instance_rows(scene), max_size=revisions))
        instances += _renamed(draw, later, instances, "instance_id")
    moment = moments(scene)
    for number, row in enumerate([*caches, *instances]):
        observed = draw(st.sampled_from(scene.edges) if at_once else _near(row, moment)) // 100 * 100
        row["observed_at"] = _written(draw, observed + (0 if at_once else number))
    present = draw(st.lists(moment, min_size=1, max_size=2))
    return World(scene, draw(st.permutations(caches)), draw(st.permutations(instances)), tuple(present))


def _renamed(draw: st.DrawFn, versions: Rows, rows: Rows, id_column: str) -> Rows:
    """The versions made into later ones of some of the rows' records, some of them withdrawals."""
    if not rows:
        return []
    for version in versions:
        model = draw(st.sampled_from(rows))
        version |= {column: model[column] for column in ("account_id", "region", id_column)}
        version["retracted"] = draw(st.sampled_from(["", "", "true"]))
    return versions


def _near(row: dict[str, str], moment: st.SearchStrategy[int]) -> st.SearchStrategy[int]:
    """Moments, half of them at or just beside a moment of the record itself."""
    own = sorted({microsecond(row[column]) for column in _TIMES if row.get(column)})
    beside = st.sampled_from([0, 0, 1, -1, 10**6, -(10**6), HOUR_US, -HOUR_US])
    return st.one_of(moment, st.builds(int.__add__, st.sampled_from(own), beside))


@st.composite
def cache_rows(draw: st.DrawFn, scene: Scene) -> dict[str, str]:
    """A cache of one of four ids in one of a few places, at some point of its life."""
    account, region = draw(_PLACES)
    moment = moments(scene)
    times = sorted(draw(st.lists(moment, min_size=4, max_size=4)))
    if draw(st.integers(0, 9)) == 0:
        times = [times[0]] * 4
    created, built, copied, gone = times
    how = draw(st.sampled_from(["ready", "ready", "ready", "failed", "building"]))
    if how == "failed" and draw(st.integers(0, 4)) == 0:
        built, gone = gone, built
    automatic = draw(st.integers(0, 3)) == 0
    row = dict.fromkeys(CACHE_COLUMNS, "")
    row |= {
        "account_id": account,
        "region": region,
        "cache_id": draw(st.sampled_from(_CACHES)),
        "cache_name": draw(st.sampled_from(["", "web", "auto-create-for-eci-1"])),
        "creation_method": "automatic" if automatic else draw(st.sampled_from(["manual", "manual", ""])),
        "size_gib": draw(_SIZES),
        "snapshot_gib": draw(st.one_of(st.just(""), st.just("0"), _SIZES, _SIZES)),
        "instant": draw(st.sampled_from(["", "false", "true", "true"])),
        "created_at": _written(draw, created),
        "ready_at": _written(draw, built) if how == "ready" else "",
        "failed_at": _written(draw, built) if how == "failed" else "",
        "tags": draw(_TAGS),
    }
    if how == "ready" and draw(st.integers(0, 3)):
        row["standard_snapshot_at"] = _written(draw, copied)
    end = draw(st.sampled_from(["", "", "deleted_at", "deleted_at", "retention_days", "expires_at"]))
    if end == "retention_days":
        row[end] = str(draw(st.integers(1, 40)))
    elif end:
        row[end] = _written(draw, gone if end == "deleted_at" else draw(moment))
    for column in ("snapshot_copies", "flash_copies"):
        row[column] = draw(st.sampled_from(["", "1", "2", "7"]))
    if draw(st.integers(0, 4)) == 0:
        row["last_matched_at"] = _written(draw, draw(moment))
    return row


@st.composite
def instance_rows(draw: st.DrawFn, scene: Scene) -> dict[str, str]:
    """An instance of one of the caches, of one that doesn't exist, or of none."""
    account, region = draw(_PLACES)
    started, ended = sorted((draw(moments(scene)), draw(moments(scene))))
    if draw(st.integers(0, 9)) == 0:
        ended = started
    row = dict.fromkeys(INSTANCE_COLUMNS, "")
    return row | {
        "account_id": account,
        "region": region,
        "instance_id": f"eci-{draw(st.integers(0, 999))}",
        "cache_id": draw(st.sampled_from([*_CACHES, *_CACHES, "", "imc-nowhere"])),
        "vcpu": "2",
        "memory_gib": "4",
        "extra_ephemeral_gib": draw(st.one_of(st.just(""), st.just("0"), _SIZES)),
        "started_at": _written(draw, started),
        "ended_at": _written(draw, ended) if draw(st.integers(0, 3)) else "",
        "tags": draw(_TAGS),
    }


def _written(draw: st.DrawFn, microseconds: int) -> str:
    return written(microseconds, draw(_OFFSETS))


def _cache_name(row: dict[str, str]) -> tuple[str, str, str]:
    return row["account_id"], row["region"], row["cache_id"]


def _instance_name(row: dict[str, str]) -> tuple[str, str, str]:
    return row["account_id"], row["region"], row["instance_id"]
