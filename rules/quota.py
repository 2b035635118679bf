"""The quotas and limits of image caches, and what happens when a quota is reached."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from rules.errors import RulesError, suggestion
from rules.retention import Evictable, eviction_order
from rules.source import Source

_OVERVIEW = "ECI: overview of image caches"
_CREATE = "https://www.alibabacloud.com/help/en/eci/developer-reference/api-eci-2018-08-08-createimagecache"
_LIST_USAGE = "ECI: ListUsage"

AtLimit = Literal["refused", "evicts"]


@dataclass(frozen=True, slots=True)
class Quota:
    """How many caches of one creation method an account may have in a region.

    limit_attribute, used_attribute: the names under which ListUsage gives the limit and how many there are. The
    limit itself is the account's: default limits are not documented, so there is none without an observation.
    """

    id: str
    creation_method: Literal["manual", "automatic"]
    limit_attribute: str
    used_attribute: str
    source: Source


QUOTAS: tuple[Quota, ...] = (
    Quota(
        "manual_image_caches",
        "manual",
        "MaxImageCacheCount",
        "UsedImageCacheCount",
        Source(_LIST_USAGE, "2026-11", "found"),
    ),
    Quota(
        "automatic_image_caches",
        "automatic",
        "MaxAutoImageCacheCount",
        "UsedAutoImageCacheCount",
        Source(_LIST_USAGE, "2026-11", "found"),
    ),
)

AT_LIMIT_SOURCE = Source(
    _OVERVIEW,
    "2026-11",
    "found",
    "another manual cache is refused, unless some have EliminationStrategy LRU: then one of those goes; of the"
    " automatic ones one always goes",
)


@dataclass(frozen=True, slots=True)
class Limit:
    """The least and the most that one cache may have of something; `default` where none is chosen."""

    name: str
    least: int
    most: int
    default: int | None
    source: Source


MANUAL_SIZE_GIB = Limit(
    "size_gib", 20, 32768, 20, Source(_CREATE, "2025-10", "found", "of a manual cache, in GiB")
)
IMAGES = Limit("images", 1, 20, None, Source(_OVERVIEW, "2026-11", "found"))
TAGS = Limit("tags", 0, 20, 0, Source(_CREATE, "2025-10", "found"))
EVENTS = Limit(
    "events", 0, 50, None, Source(_OVERVIEW, "2026-11", "found", "older creation events are not kept")
)


PULL_SOURCE = Source(
    _OVERVIEW,
    "2026-11",
    "inferred",
    "an image of 386.26 MB took 50 s to prepare without a cache; that the time grows with the size is our guess",
)
_PULLED_BYTES, _PULLED_S = 386_260_000, 50
_GIB_BYTES = 1 << 30


def pull_s(stored_micro: int) -> int:
    """About how many seconds an instance pulls without the cache, for what it stores in GiB x 1 000 000, rounded up."""
    return -(-stored_micro * _GIB_BYTES * _PULLED_S // (1_000_000 * _PULLED_BYTES))


class Placed(Evictable, Protocol):
    """What decides whether a cache may be evicted."""

    @property
    def elimination_strategy(self) -> str | None:
        """LRU, or None."""


P = TypeVar("P", bound=Placed)


def quota(id: str) -> Quota:
    """The quota of that id; an unknown id is a RulesError that names the nearest known one."""
    for found in QUOTAS:
        if found.id == id:
            return found
    raise RulesError(f"there is no quota {id!r}", hint=suggestion(id, [known.id for known in QUOTAS]))


def quota_for(creation_method: Literal["manual", "automatic"]) -> Quota:
    """The quota that caches of this creation method take places of."""
    return next(found for found in QUOTAS if found.creation_method == creation_method)


def evictable(full: Quota, caches: Iterable[P]) -> list[P]:
    """The caches of a full quota that may be evicted to make room, the first to go at the front.

    `caches` are those that hold a place in the quota: of its account, region and creation method.
    """
    return eviction_order(cache for cache in caches if may_be_evicted(full, cache.elimination_strategy))


def may_be_evicted(full: Quota, elimination_strategy: str | None) -> bool:
    """Whether a cache that holds a place in the full quota may go to make room for another."""
    return full.creation_method == "automatic" or elimination_strategy == "LRU"


def at_limit(full: Quota, caches: Iterable[P]) -> AtLimit:
    """What happens to the next creation while the quota is full of these caches, as far as they are known.

    Of automatic caches one always goes, known or not.
    """
    return "evicts" if full.creation_method == "automatic" or evictable(full, caches) else "refused"
