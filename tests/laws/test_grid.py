"""Every pair and triple of edge moments of a month, once: runs between all pairs, lives of caches through all triples."""

from collections.abc import Iterator
from itertools import combinations_with_replacement, cycle

import pytest

from tests.laws.comparing import assert_agree
from tests.laws.edges import HOUR_US, SECOND_US
from tests.laws.own_tariff import PRICES
from tests.laws.program import LATE_US, Program
from tests.laws.worlds import Rows
from tests.oracle.bill import month_bill
from tests.oracle.times import microsecond, month_window, written

MONTH = "2024-05"
BEGIN, END = (edge * SECOND_US for edge in month_window(MONTH))
CHANGE = microsecond("2024-05-10T08:00:00+08:00")
MOMENTS = (
    BEGIN - HOUR_US,
    BEGIN - 1,
    BEGIN,
    BEGIN + 1,
    BEGIN + SECOND_US,
    CHANGE - SECOND_US,
    CHANGE,
    CHANGE + HOUR_US // 2,
    END - SECOND_US,
    END,
    END + HOUR_US,
)
PLACE = {"account_id": "100", "region": "cn-hangzhou"}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A workspace with the whole grid."""
    program = Program(tmp_path_factory.mktemp("grid"))
    found = program.import_files(("caches", list(_caches())), ("instances", list(_instances())))
    assert found.total("rejected") == 0
    return program


@pytest.mark.parametrize(
    ("tariff", "present"),
    [
        ("alibaba-cn", LATE_US),
        ("alibaba-intl", END + HOUR_US),
        ("own-cn", LATE_US),
        ("own-cn", CHANGE),
        ("own-cn", CHANGE + SECOND_US + 1),
        ("own-cn", BEGIN + 1),
    ],
)
def test_the_grid_agrees_with_the_oracle(program: Program, tariff: str, present: int) -> None:
    expected = month_bill(list(_caches()), list(_instances()), PRICES[tariff], MONTH, present // 10**6)
    assert_agree(program.bill(MONTH, tariff, present), expected)


def _caches() -> Iterator[dict[str, str]]:
    """Caches created, built and gone at each triple of moments; their other properties take turns, out of step."""
    kinds = zip(
        cycle(["ready", "ready", "failed", "ready", "building"]),
        cycle(["deleted_at", "", "expires_at", "retention_days"]),
        cycle(["true", "true", ""]),
        cycle(["", "7.5", "0", "40.000001", "2", "1", "3"]),
        cycle(["", "", "x"]),
        cycle(range(11)),
        strict=False,
    )
    for number, (triple, kind) in enumerate(
        zip(combinations_with_replacement(MOMENTS, 3), kinds, strict=False)
    ):
        (created, built, gone), (how, end, instant, snapshot, matched, turn) = triple, kind
        yield PLACE | {
            "cache_id": f"imc-{number}",
            "creation_method": "automatic" if turn == 10 else "manual",
            "size_gib": "33.333333",
            "snapshot_gib": snapshot,
            "instant": instant,
            "created_at": written(created),
            "ready_at": written(built) if how == "ready" else "",
            "failed_at": written(built) if how == "failed" else "",
            "standard_snapshot_at": written(built + (turn % 4) * HOUR_US)
            if how == "ready" and turn > 1
            else "",
            "deleted_at": written(gone) if end == "deleted_at" else "",
            "expires_at": written(gone) if end == "expires_at" else "",
            "retention_days": "9" if end == "retention_days" else "",
            "snapshot_copies": str(1 + turn % 3),
            "flash_copies": str(1 + turn % 2),
            "last_matched_at": written(gone) if matched else "",
            "observed_at": written(MOMENTS[turn]),
        }


def _instances() -> Iterator[dict[str, str]]:
    """Runs between each pair of moments and open ones seen last at each, on caches of each kind and on none.

    One building cache is used late only: before that nothing shows that it has a snapshot.
    """
    closed = [(begin, end, END) for begin, end in combinations_with_replacement(MOMENTS, 2)]
    running = [(begin, None, seen) for begin in MOMENTS for seen in MOMENTS]
    caches: Rows = list(_caches())
    manual = [row["cache_id"] for row in caches if row["creation_method"] == "manual"]
    automatic = [row["cache_id"] for row in caches if row["creation_method"] == "automatic"]
    building, used_late = (
        row["cache_id"]
        for row in [row for row in caches if row["cache_id"] in manual and _is_building(row)][1:3]
    )
    uses = cycle(
        [
            (manual[0], ""),
            (automatic[0], ""),
            (automatic[0], "12.5"),
            (automatic[1], "0"),
            ("imc-gone", ""),
            ("", ""),
            (manual[-1], "9"),
            (building, ""),
        ]
    )
    for turn in range(3):
        for number, (run, use) in enumerate(zip([*closed, *running], uses, strict=False)):
            yield _instance(f"eci-{turn}-{number}", *run, *use)
        next(uses)
    yield _instance("eci-late", CHANGE + HOUR_US // 2, END, END, used_late, "")


def _instance(name: str, begin: int, end: int | None, seen: int, cache: str, extra: str) -> dict[str, str]:
    return PLACE | {
        "instance_id": name,
        "cache_id": cache,
        "vcpu": "2",
        "memory_gib": "4",
        "extra_ephemeral_gib": extra,
        "started_at": written(begin),
        "ended_at": "" if end is None else written(end),
        "observed_at": written(seen),
    }


def _is_building(row: dict[str, str]) -> bool:
    """Whether nothing in the cache's own record says how its build went."""
    return not (row["ready_at"] or row["failed_at"] or row["last_matched_at"])
