"""The simulator: from what was demanded of the caches of one quota to the lives that they would have had.

A pure function of events and choices; it knows no money, no files and no clock. All times are whole epoch seconds.

**The order of everything is total.** Events come by second; within a second, first caches end, then recorded creations
take place, then instances start; events of one kind come by cache id. Instances that start from one cache in the same
second share one outcome. So a cache that ends in a second is missed by the instances of that second, and a cache that
becomes ready in it is hit.

Hits change nothing but the moment of a cache's last use, which is looked up in the sorted starts where it matters: the
simulator handles creations, ends and misses, and its time grows with them, not with the instances.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import Literal, NamedTuple

from rules.period import epoch_s, instant
from rules.quota import Quota, may_be_evicted
from rules.retention import eviction_rank, kept_until

_END, _CREATE, _START = 0, 1, 2
"""The kinds of events, in the order in which they come within a second."""


@dataclass(frozen=True, slots=True)
class Demand:
    """One cache as the simulator sees it; the interval is the one that `simulate` is asked about.

    starts: when instances start from it inside the interval, sorted. created_s: its recorded creation; None: the first
    instance that misses it creates it. exists: it is there when the interval begins, and was last used at last_used_s (None:
    never). build_s: how long a build takes. observed: its recorded life, which ends at ends_s, holds, with its instances as
    hits, until an eviction or a refused creation undoes it; otherwise the rules decide, and ends_s is a deletion by hand. A
    cache whose build failed serves nobody.
    """

    cache_id: str
    creation_method: Literal["manual", "automatic"]
    starts: Sequence[int]
    created_s: int | None
    exists: bool = False
    build_s: int = 0
    retention_days: int | None = None
    elimination_strategy: str | None = None
    last_used_s: int | None = None
    observed: bool = False
    ends_s: int | None = None


class Life(NamedTuple):
    """One cache from the start of its build to its end, which is None where it outlives the interval."""

    created_s: int
    ready_s: int
    until_s: int | None


@dataclass(slots=True)
class Outcome:
    """What became of one cache. as_recorded: its observed life, which nothing undid, holds. missed: when its instances start
    that miss it, sorted."""

    as_recorded: bool
    lives: list[Life] = field(default_factory=list)
    missed: list[int] = field(default_factory=list)
    hits: int = 0
    evictions: int = 0
    refused: int = 0


def simulate(
    caches: Sequence[Demand],
    *,
    quota: Quota,
    limit: int | None,
    from_s: int,
    until_s: int,
    at_once: bool = False,
) -> list[Outcome]:
    """What becomes of each cache in [from_s, until_s), in their order; they share one quota of one account and region.

    A creation at the limit (None: there is none) first evicts the least recently used until there is room for it; where too
    few may be evicted it is refused, nothing is evicted, and the next instance tries again. `at_once`: what exists above the
    limit when the interval begins is evicted then, as far as it may be; otherwise it stays until there is a creation.
    """
    run = _Run(caches, quota, limit, from_s, until_s)
    if at_once:
        run.shrink()
    return run.outcomes()


class _Cache:
    """A cache while the simulation runs. `next` is the first start that has no outcome yet."""

    __slots__ = (
        "demand",
        "kept_unused_s",
        "kept_used_s",
        "life",
        "life_number",
        "next",
        "outcome",
        "rank",
        "used_s",
    )

    def __init__(self, demand: Demand, rank: int) -> None:
        self.demand = demand
        self.rank = rank
        self.next = 0
        self.life: Life | None = None
        self.life_number = 0
        self.kept_unused_s = _kept_s(demand, used=False)
        self.kept_used_s = _kept_s(demand, used=True)
        self.used_s: int | None = None
        self.outcome = Outcome(as_recorded=demand.observed)

    def first_hit(self) -> int:
        """The index of the first start that the present life serves."""
        assert self.life is not None
        if self.outcome.as_recorded:
            return self.next
        return bisect_left(self.demand.starts, self.life.ready_s, self.next)

    def last_use(self, before: int) -> int | None:
        """When the present life was last used, among the starts below the index `before`."""
        return self.demand.starts[before - 1] if before > self.first_hit() else self.used_s

    def miss(self, before: int) -> None:
        """The starts below the index have missed the cache."""
        if before > self.next:
            self.outcome.missed.extend(self.demand.starts[self.next : before])
            self.next = before

    def settle(self, before: int) -> None:
        """Give the starts below the index their outcome: those of the build miss, the others hit."""
        if not self.outcome.as_recorded:
            self.miss(min(before, self.first_hit()))
        self.outcome.hits += max(0, before - self.next)
        self.next = max(self.next, before)

    def end(self, until_s: int | None, before: int) -> None:
        """End the present life; starts from the index on are not its."""
        assert self.life is not None
        self.settle(before)
        self.outcome.lives.append(self.life._replace(until_s=until_s))
        self.life = None
        self.life_number += 1


class _Run:
    """One simulation. Events are (second, kind, rank of the cache, number of the life that they are about)."""

    def __init__(
        self, caches: Sequence[Demand], quota: Quota, limit: int | None, from_s: int, until_s: int
    ) -> None:
        self._quota, self._limit = quota, limit
        self._from_s, self._until_s = from_s, until_s
        in_order = sorted(range(len(caches)), key=lambda index: caches[index].cache_id)
        self._caches = [_Cache(caches[index], rank) for rank, index in enumerate(in_order)]
        self._in_given_order = sorted(zip(in_order, self._caches, strict=True), key=lambda pair: pair[0])
        self._held = 0
        self._evictable: list[tuple[tuple[int, int, str], int, int]] = []
        self._events: list[tuple[int, int, int, int]] = []
        for cache in self._caches:
            self._begin(cache)
        heapify(self._events)

    def outcomes(self) -> list[Outcome]:
        """Run to the end of the interval."""
        while self._events:
            at_s, kind, rank, life_number = heappop(self._events)
            cache = self._caches[rank]
            if life_number != cache.life_number:
                continue
            if kind == _END:
                self._ended(cache, at_s)
            elif cache.life is None:
                self._wanted(cache, at_s, kind)
        for cache in self._caches:
            if cache.life is not None:
                cache.end(None, len(cache.demand.starts))
            elif cache.outcome.as_recorded:
                cache.settle(len(cache.demand.starts))
        return [cache.outcome for _, cache in self._in_given_order]

    def shrink(self) -> None:
        """Evict what exists above the limit when the interval begins."""
        while self._limit is not None and self._held > self._limit:
            victim = self._next_victim(self._from_s, _END, 0)
            if victim is None:
                return
            self._evict(victim, self._from_s, 0)

    def _begin(self, cache: _Cache) -> None:
        demand = cache.demand
        if demand.exists and demand.created_s is not None:
            cache.used_s = demand.last_used_s
            self._live(cache, demand.created_s)
            return
        if demand.created_s is not None:
            self._events.append((demand.created_s, _CREATE, cache.rank, 0))
        if not demand.observed:
            self._await_start(cache)

    def _await_start(self, cache: _Cache) -> None:
        """The next instance that starts finds no cache."""
        if cache.next < len(cache.demand.starts):
            heappush(self._events, (cache.demand.starts[cache.next], _START, cache.rank, cache.life_number))

    def _ended(self, cache: _Cache, at_s: int) -> None:
        self._held -= 1
        cache.end(at_s, bisect_left(cache.demand.starts, at_s, cache.next))
        if not cache.outcome.as_recorded:
            self._await_start(cache)

    def _wanted(self, cache: _Cache, at_s: int, kind: int) -> None:
        """A recorded creation, or the instances of a second that find no cache and have it created."""
        room = self._make_room(at_s, kind, cache.rank)
        if kind == _START:
            cache.miss(bisect_right(cache.demand.starts, at_s, cache.next))
        if room:
            cache.used_s = None
            self._live(cache, at_s)
            return
        cache.outcome.refused += 1
        if cache.outcome.as_recorded:
            cache.settle(bisect_left(cache.demand.starts, at_s, cache.next))
            cache.outcome.as_recorded = False
        if kind == _START or cache.demand.observed:
            self._await_start(cache)

    def _live(self, cache: _Cache, created_s: int) -> None:
        """Begin a life: it holds a place, may be evicted, and ends by its rule unless that comes first."""
        demand = cache.demand
        cache.life = Life(created_s, created_s + demand.build_s, None)
        self._held += 1
        if self._limit is not None and may_be_evicted(self._quota, demand.elimination_strategy):
            rank = eviction_rank(created_s, cache.used_s, demand.cache_id)
            heappush(self._evictable, (rank, cache.rank, cache.life_number))
        end_s = self._end_s(cache)
        if end_s is not None and end_s < self._until_s:
            heappush(self._events, (end_s, _END, cache.rank, cache.life_number))

    def _end_s(self, cache: _Cache) -> int | None:
        """When the present life ends if nothing evicts it."""
        demand, life = cache.demand, cache.life
        assert life is not None
        if cache.outcome.as_recorded:
            return demand.ends_s
        by_rule = self._end_by_rule(cache, life)
        by_hand = demand.ends_s if demand.ends_s is not None and demand.ends_s > life.created_s else None
        return min((end_s for end_s in (by_rule, by_hand) if end_s is not None), default=None)

    def _end_by_rule(self, cache: _Cache, life: Life) -> int | None:
        """By its retention, or so long after its last use; only a use before that end moves it."""
        demand, used_s = cache.demand, cache.used_s
        while True:
            end_s = self._kept_until_s(cache, life.created_s, used_s)
            if end_s is None or end_s >= self._until_s or demand.creation_method == "manual":
                return end_s
            last_s = cache.last_use(bisect_left(demand.starts, end_s, cache.next))
            if last_s == used_s:
                return end_s
            used_s = last_s

    def _kept_until_s(self, cache: _Cache, created_s: int, used_s: int | None) -> int | None:
        """The rule's end; what exists when the interval begins, though the rule would have ended it, counts anew from there."""
        demand = cache.demand
        length_s = cache.kept_unused_s if used_s is None else cache.kept_used_s
        if length_s is None:
            return None
        begin_s = created_s if used_s is None or demand.creation_method == "manual" else used_s
        return length_s + (begin_s if begin_s + length_s > self._from_s else self._from_s)

    def _make_room(self, at_s: int, kind: int, rank: int) -> bool:
        """Whether there is a place for one more, evicting the least recently used for it."""
        if self._limit is None or self._held < self._limit:
            return True
        victims: list[_Cache] = []
        while self._held - len(victims) >= self._limit:
            victim = self._next_victim(at_s, kind, rank)
            if victim is None:
                break
            victims.append(victim)
        if self._held - len(victims) < self._limit:
            for victim in victims:
                self._evict(victim, at_s, self._seen(victim, at_s, kind, rank))
            return True
        for victim in victims:
            assert victim.life is not None
            found = eviction_rank(
                victim.life.created_s,
                victim.last_use(self._seen(victim, at_s, kind, rank)),
                victim.demand.cache_id,
            )
            heappush(self._evictable, (found, victim.rank, victim.life_number))
        return False

    def _next_victim(self, at_s: int, kind: int, rank: int) -> _Cache | None:
        """Takes the least recently used from the heap, whose entries may be older than the caches' last uses."""
        while self._evictable:
            found, victim_rank, life_number = heappop(self._evictable)
            victim = self._caches[victim_rank]
            if victim.life is None or life_number != victim.life_number:
                continue
            used_s = victim.last_use(self._seen(victim, at_s, kind, rank))
            now = eviction_rank(victim.life.created_s, used_s, victim.demand.cache_id)
            if now == found:
                return victim
            heappush(self._evictable, (now, victim_rank, life_number))
        return None

    def _seen(self, cache: _Cache, at_s: int, kind: int, rank: int) -> int:
        """How many of a cache's starts come before an event of another cache."""
        before = bisect_right if kind == _START and cache.rank < rank else bisect_left
        return before(cache.demand.starts, at_s, cache.next)

    def _evict(self, cache: _Cache, at_s: int, seen: int) -> None:
        self._held -= 1
        cache.outcome.evictions += 1
        cache.end(at_s, seen)
        cache.outcome.as_recorded = False
        self._await_start(cache)


def _kept_s(demand: Demand, *, used: bool) -> int | None:
    """For how long the rules keep a cache after its creation, or after its last use; None: for good."""
    zero = instant(0)
    found = kept_until(
        demand.creation_method,
        created_at=zero,
        last_matched_at=zero if used else None,
        retention_days=demand.retention_days,
    )
    return None if found is None else epoch_s(found)
