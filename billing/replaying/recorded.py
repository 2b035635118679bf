"""What a replay knows of a month: its caches as they were recorded, and when instances started from them."""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Literal

from billing.store.schema import OPEN_S
from billing.warehouse import Connection, sql_file, temporary_table
from rules.period import DAY_S
from rules.retention import MATCHED

LOOK_BACK_S = int(MATCHED.length.total_seconds())
"""How long before the month a last use is looked for: what was last used earlier would have been deleted for it."""

USUAL_BUILD_S = 300
"""How long a build takes where nothing is recorded of any: the five minutes that an estimate takes, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCache:
    """A cache as recorded, its fields those of the journal; expires_s and last_matched_s as its source has them."""

    cache_key: int
    account_id: str
    region: str
    cache_id: str
    cache_name: str | None
    tags: str | None
    creation_method: Literal["manual", "automatic"]
    size_micro: int
    snapshot_micro: int | None
    instant: bool
    elimination_strategy: str | None
    retention_days: int | None
    created_s: int
    ready_s: int | None
    failed_s: int | None
    standard_snapshot_s: int | None
    until_s: int
    known_until_s: int
    end_derived: bool
    expires_s: int | None
    last_matched_s: int | None

    @property
    def failed(self) -> bool:
        """Whether its build failed, so that it never served anybody."""
        return self.failed_s is not None and self.ready_s is None

    @property
    def build_s(self) -> int | None:
        """How long its build took, where that is recorded."""
        return None if self.ready_s is None else max(0, self.ready_s - self.created_s)

    @property
    def ended_by_hand(self) -> bool:
        """Whether somebody deleted it: it ended, and before a retention would have ended it."""
        if self.end_derived or self.until_s >= OPEN_S:
            return False
        rule_s = self.expires_s
        if rule_s is None and self.retention_days is not None:
            rule_s = self.created_s + self.retention_days * DAY_S
        return rule_s is None or self.until_s < rule_s


def recorded_caches(connection: Connection, from_s: int, until_s: int) -> list[RecordedCache]:
    """The caches that exist or are used in [from_s, until_s), by account, region and id."""
    rows = connection.execute(_sql("recorded_caches").format(from_s=from_s, until_s=until_s)).fetchall()
    names = RecordedCache.__dataclass_fields__
    return [RecordedCache(**dict(zip(names, row, strict=True))) for row in rows]


def usual_build_s(caches: Iterable[RecordedCache]) -> int:
    """The lower median of the recorded builds; five minutes where there are none."""
    known = [cache.build_s for cache in caches if cache.build_s is not None]
    return median_low(known) if known else USUAL_BUILD_S


def starts(
    connection: Connection, keys: Collection[int], from_s: int, until_s: int
) -> Mapping[int, Sequence[int]]:
    """When instances start from each of the caches in [from_s, until_s), sorted."""
    _want(connection, keys)
    rows = connection.execute(_sql("starts").format(from_s=from_s, until_s=until_s)).fetchall()
    return {key: _starts(text, from_s) for key, text in rows}


def _starts(text: str, from_s: int) -> "array[int]":
    """The starts that a row of starts.sql holds: negative numbers take back what was posted before."""
    found = sorted(map(int, text.split()))
    if found[0] < 0:
        taken_back = Counter(-number for number in found[: bisect_left(found, 0)])
        found = sorted((Counter(found[bisect_left(found, 0) :]) - taken_back).elements())
    return array("q", [number + from_s - 1 for number in found])


def last_starts(connection: Connection, keys: Collection[int], from_s: int) -> Mapping[int, int]:
    """When instances last started from each of the caches before from_s, as far as the connection reaches back."""
    _want(connection, keys)
    return dict(connection.execute(_sql("last_starts").format(from_s=from_s)).fetchall())


def _want(connection: Connection, keys: Collection[int]) -> None:
    temporary_table(connection, "wanted_keys", {"cache_key": "integer"}, ((key,) for key in sorted(keys)))


def _sql(name: str) -> str:
    return sql_file("billing.replaying", name)
