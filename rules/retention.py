"""How long a cache is kept by rule, and which cache an eviction takes first.

These rules are for what has not been observed: an observation beats them. A day is 24 hours.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol, TypeVar

from rules.source import Source

_OVERVIEW = "ECI: overview of image caches"
_CREATE = "https://www.alibabacloud.com/help/en/eci/developer-reference/api-eci-2018-08-08-createimagecache"


@dataclass(frozen=True, slots=True)
class Keeping:
    """For how long a cache is kept after something happened, and who says so."""

    length: timedelta
    source: Source


FAILED = Keeping(
    timedelta(days=1),
    Source(
        _CREATE,
        "2025-10",
        "found",
        "whatever RetentionDays says; that the day begins with the failure is inferred",
    ),
)
"""After a build failed, manual or automatic."""

NEVER_MATCHED = Keeping(timedelta(days=7), Source(_OVERVIEW, "2026-11", "found", "from its creation"))
"""An automatic cache that no instance has used."""

MATCHED = Keeping(timedelta(days=30), Source(_OVERVIEW, "2026-11", "found", "from LastMatchedTime"))
"""An automatic cache after its last use."""

RETENTION_DAY = Keeping(
    timedelta(hours=24),
    Source(_CREATE, "2025-10", "inferred", "a manual cache without RetentionDays is kept for good"),
)
"""Each of a manual cache's RetentionDays, counted from its creation."""


def kept_until(
    creation_method: Literal["manual", "automatic"],
    *,
    created_at: datetime,
    failed_at: datetime | None = None,
    last_matched_at: datetime | None = None,
    retention_days: int | None = None,
) -> datetime | None:
    """The instant at which a cache is deleted by rule, or None where it is kept for good."""
    if failed_at is not None:
        return failed_at + FAILED.length
    if creation_method == "manual":
        return None if retention_days is None else created_at + retention_days * RETENTION_DAY.length
    if last_matched_at is not None:
        return last_matched_at + MATCHED.length
    return created_at + NEVER_MATCHED.length


class Evictable(Protocol):
    """What the order of eviction looks at."""

    @property
    def cache_id(self) -> str:
        """The cache's id, unique in its account and region."""

    @property
    def created_at(self) -> datetime:
        """When its build began."""

    @property
    def last_matched_at(self) -> datetime | None:
        """When an instance last used it, None: never."""


EVICTION_SOURCE = Source(
    _OVERVIEW,
    "2026-11",
    "found",
    "the least recently used first; how a cache that was never used ranks, and how ties break, is unknown: we take"
    " its creation for its use, then the earlier creation, then the smaller id",
)

C = TypeVar("C", bound=Evictable)
T = TypeVar("T", datetime, int)


def eviction_order(caches: Iterable[C]) -> list[C]:
    """The caches, the one that is evicted first at the front; the order is total."""
    return sorted(caches, key=_least_recently_used)


def eviction_rank(created: T, last_matched: T | None, cache_id: str) -> tuple[T, T, str]:
    """What caches are ordered by for eviction, the smallest first; instants of any one kind."""
    return created if last_matched is None else last_matched, created, cache_id


def _least_recently_used(cache: Evictable) -> tuple[datetime, datetime, str]:
    return eviction_rank(cache.created_at, cache.last_matched_at, cache.cache_id)
