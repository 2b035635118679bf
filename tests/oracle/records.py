"""The oracle's reading of usage records: rows of text in, the caches and instances that hold out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from tests.oracle.times import DAY, NEVER, microsecond, second

Row = Mapping[str, str]
"""One row of a file, by column; what is absent counts as empty."""


class Key(NamedTuple):
    """What names a cache: the same id in another account or region is another cache."""

    account_id: str
    region: str
    cache_id: str


@dataclass(frozen=True)
class Cache:
    """An image cache; times are whole seconds, None where they aren't known."""

    key: Key
    automatic: bool
    size: Fraction
    snapshot: Fraction | None
    instant: bool
    copies: int
    flash_copies: int
    created: int
    ready: int | None
    failed: int | None
    standard_snapshot: int | None
    end: int
    sure_until: int
    seen_ready: bool

    @property
    def build_end(self) -> int | None:
        """When the build was over: ready or failed."""
        return self.ready if self.ready is not None else self.failed

    @property
    def last(self) -> int:
        """The end of all that is metered: a build that was paid for may outlast the cache."""
        built = None if self.automatic else self.build_end
        return self.end if built is None else max(self.end, built)


@dataclass(frozen=True)
class Instance:
    """An instance; `cache` is None where it used none."""

    account_id: str
    region: str
    instance_id: str
    cache: Key | None
    extra: Fraction | None
    started: int
    end: int
    sure_until: int


def current(rows: Iterable[Row], id_column: str) -> list[Row]:
    """The rows that hold, out of rows in the order of import.

    Of each record that is the latest observed, of equally late ones the last; what is withdrawn is left out.
    """
    holding: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        name = (row["account_id"], row["region"], row[id_column])
        before = holding.get(name)
        if before is None or microsecond(row["observed_at"]) >= microsecond(before["observed_at"]):
            holding[name] = row
    return [row for row in holding.values() if row.get("retracted", "") != "true"]


def read_caches(rows: Iterable[Row]) -> list[Cache]:
    """The caches that hold."""
    return [_cache(row) for row in current(rows, "cache_id")]


def read_instances(rows: Iterable[Row]) -> list[Instance]:
    """The instances that hold."""
    return [_instance(row) for row in current(rows, "instance_id")]


def _cache(row: Row) -> Cache:
    created, observed = second(row["created_at"]), second(row["observed_at"])
    deleted, expires = _second(row, "deleted_at"), _second(row, "expires_at")
    if expires is None and row.get("retention_days"):
        expires = created + int(row["retention_days"]) * DAY
    if deleted is not None:
        end = deleted
    elif expires is not None:
        end = max(expires, observed, created)
    else:
        end = NEVER
    method = row.get("creation_method", "")
    return Cache(
        key=Key(row["account_id"], row["region"], row["cache_id"]),
        automatic=method == "automatic"
        or (not method and row.get("cache_name", "").startswith("auto-create-for-")),
        size=Fraction(row["size_gib"]),
        snapshot=_gib(row, "snapshot_gib"),
        instant=row.get("instant", "") == "true",
        copies=int(row.get("snapshot_copies") or 1),
        flash_copies=int(row.get("flash_copies") or 1),
        created=created,
        ready=_second(row, "ready_at"),
        failed=_second(row, "failed_at"),
        standard_snapshot=_second(row, "standard_snapshot_at"),
        end=end,
        sure_until=NEVER if deleted is not None else observed,
        seen_ready=bool(row.get("last_matched_at")),
    )


def _instance(row: Row) -> Instance:
    ended = _second(row, "ended_at")
    account, region, cache = row["account_id"], row["region"], row.get("cache_id", "")
    return Instance(
        account_id=account,
        region=region,
        instance_id=row["instance_id"],
        cache=Key(account, region, cache) if cache else None,
        extra=_gib(row, "extra_ephemeral_gib"),
        started=second(row["started_at"]),
        end=NEVER if ended is None else ended,
        sure_until=NEVER if ended is not None else second(row["observed_at"]),
    )


def _second(row: Row, column: str) -> int | None:
    return second(row[column]) if row.get(column) else None


def _gib(row: Row, column: str) -> Fraction | None:
    return Fraction(row[column]) if row.get(column) else None
