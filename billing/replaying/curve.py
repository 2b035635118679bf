"""How often the caches of one quota would be missed under every size of it, from one pass over the demand.

Least recently used is a stack algorithm: under a quota of n the caches that exist are the n that were used last. So an instance
misses exactly under the quotas below its stack distance, the number of different caches used since its own was. The
curve takes a missed cache to be there again at once and lets nothing expire: it says what the size of the quota does.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class MissPoint(NamedTuple):
    """Under a quota of `limit` caches in each account and region, so many instances miss."""

    limit: int
    misses: int


@dataclass(frozen=True, slots=True)
class MissCurve:
    """How many of `instances` miss under each limit; `enough` is the smallest limit from which more changes nothing."""

    quota: str
    caches: int
    instances: int
    enough: int
    points: tuple[MissPoint, ...]

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the curve assumes, as sentences."""
        return (
            "The caches that were used last are there; one that is missed is there again at once, and none expires.",
            "Caches that exist when the month begins are there in the order of their last use, as far as the quota reaches.",
            "Instances of one cache in one second share one outcome; every account and region has the same limit.",
        )

    def to_json(self) -> dict[str, Any]:
        """The curve with its fields' own names."""
        return {
            "quota": self.quota,
            "caches": self.caches,
            "instances": self.instances,
            "enough": self.enough,
            "points": [point._asdict() for point in self.points],
            "assumptions": list(self.assumptions),
        }


COLD = 0
"""The distance of instances whose cache nothing used before: every quota misses them."""


def stack_distances(
    existing: Sequence[int], created: Mapping[int, int], starts: Mapping[int, Sequence[int]]
) -> Mapping[int, int]:
    """How many starts of one place have each stack distance.

    existing: the ranks of the caches that are there at first, the least recently used first. created: when a cache was made by
    something else than a start, by rank. starts: sorted, by rank. In one second creations come first, then starts, each
    by rank; starts of one cache share one outcome.
    """
    ranks = 1 + max([*existing, *created, *starts], default=0)
    in_order = [at_s * 2 * ranks + rank for rank, at_s in created.items()]
    in_order += [(at_s * 2 + 1) * ranks + rank for rank, times in starts.items() for at_s in times]
    in_order.sort()
    recency = list(range(len(existing)))
    last = dict(zip(existing, recency, strict=True))
    counts: Counter[int] = Counter()
    distance, before = COLD, -1
    for now, use in enumerate(in_order, start=len(existing)):
        kind, rank = divmod(use, ranks)
        if use != before:
            before = use
            found = last.get(rank)
            if found is None:
                distance = COLD
            else:
                place = bisect_left(recency, found)
                distance = len(recency) - place
                del recency[place]
            recency.append(now)
            last[rank] = now
        if kind % 2:
            counts[distance] += 1
    return counts


def misses(distances: Mapping[int, int], limit: int) -> int:
    """How many instances miss under a quota of this size."""
    return sum(count for distance, count in distances.items() if distance == COLD or distance > limit)


def miss_curve(
    quota: str, caches: int, places: Sequence[Mapping[int, int]], limits: Sequence[int]
) -> MissCurve:
    """The curve over these limits, of the distances of each place; every place has the same limit."""
    largest = max((distance for distances in places for distance in distances), default=0)
    points = [MissPoint(limit, sum(misses(distances, limit) for distances in places)) for limit in limits]
    return MissCurve(
        quota=quota,
        caches=caches,
        instances=sum(sum(distances.values()) for distances in places),
        enough=largest,
        points=tuple(points),
    )
