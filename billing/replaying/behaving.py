"""What the caches of a replay do: every place whose caches are simulated goes through the simulator, and lives come out."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from billing.replaying.plan import Interval, Place, Plan, demand
from billing.replaying.recorded import RecordedCache
from billing.replaying.relations import LifeRow
from billing.replaying.simulator import Life, Outcome, simulate
from billing.store.schema import OPEN_S
from rules.quota import quota_for

Starts = Mapping[int, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Demanded:
    """When instances start from the caches of these keys, and when they last did before the interval, by cache key."""

    keys: frozenset[int] = frozenset()
    starts: Starts = field(default_factory=dict)
    last_starts: Mapping[int, int] = field(default_factory=dict)

    def with_more(self, keys: Iterable[int], starts: Starts, last_starts: Mapping[int, int]) -> "Demanded":
        """The same with what was read of other caches."""
        return Demanded(
            self.keys | frozenset(keys), {**self.starts, **starts}, {**self.last_starts, **last_starts}
        )


@dataclass(frozen=True, slots=True)
class Simulated:
    """The plans of a place with their outcomes, and the limit that they were simulated under (None: none)."""

    place: Place
    limit: int | None
    outcomes: tuple[tuple[Plan, Outcome], ...]


def places(plans: Iterable[Plan], limit_of: Callable[[Place], int | None]) -> dict[Place, list[Plan]]:
    """The plans that have to be simulated together, by place: where there is no limit, only those that change."""
    found: dict[Place, list[Plan]] = defaultdict(list)
    for plan in plans:
        found[plan.place].append(plan)
    return {
        place: [plan for plan in members if plan.simulated or limit_of(place) is not None]
        for place, members in sorted(found.items())
        if any(plan.simulated for plan in members)
    }


def behave(
    groups: Mapping[Place, Sequence[Plan]],
    limit_of: Callable[[Place], int | None],
    interval: Interval,
    demanded: Demanded,
    *,
    chosen_limits: Collection[str],
) -> list[Simulated]:
    """Simulate each place by itself: nothing that happens in one touches another.

    chosen_limits: the creation methods whose limit is chosen, and holds from the interval's begin on.
    """
    found = []
    for place, members in groups.items():
        asked = [(plan, demand(plan, interval, demanded.starts, demanded.last_starts)) for plan in members]
        there = [(plan, wanted) for plan, wanted in asked if wanted is not None]
        limit = limit_of(place)
        outcomes = simulate(
            [wanted for _, wanted in there],
            quota=quota_for(place.creation_method),
            limit=limit,
            from_s=interval.from_s,
            until_s=interval.until_s,
            at_once=place.creation_method in chosen_limits,
        )
        named = tuple((plan, outcome) for (plan, _), outcome in zip(there, outcomes, strict=True))
        found.append(Simulated(place, limit, named))
    return found


def life_rows(plans: Iterable[Plan], outcomes: Mapping[int, Outcome]) -> Iterator[LifeRow]:
    """The lives that the replay is charged for: the simulated ones, and the recorded ones of caches that keep theirs."""
    for plan in plans:
        outcome = outcomes.get(plan.cache.cache_key)
        if outcome is None or outcome.as_recorded:
            yield _recorded_row(plan.cache, plan.cache.until_s)
            continue
        for number, life in enumerate(outcome.lives):
            if number == 0 and not plan.simulated:
                evicted_s = plan.cache.until_s if life.until_s is None else life.until_s
                yield _recorded_row(plan.cache, evicted_s)
            else:
                yield _simulated_row(plan.cache, life)


def missed_starts(simulated: Iterable[Simulated]) -> Iterator[tuple[Plan, Sequence[int]]]:
    """Every cache with misses, and the seconds in which the instances start that miss it."""
    for place in simulated:
        for plan, outcome in place.outcomes:
            if outcome.missed:
                yield plan, outcome.missed


def _recorded_row(cache: RecordedCache, until_s: int) -> LifeRow:
    return LifeRow(
        cache.cache_key,
        cache.created_s,
        cache.ready_s,
        cache.standard_snapshot_s,
        until_s,
        cache.known_until_s,
        cache.end_derived,
    )


def _simulated_row(cache: RecordedCache, life: Life) -> LifeRow:
    """A life is a closed record: it rests on no observation that could be out of date."""
    return LifeRow(
        cache.cache_key,
        life.created_s,
        life.ready_s,
        _standard_snapshot_s(cache, life),
        OPEN_S if life.until_s is None else life.until_s,
        OPEN_S,
        False,
    )


def _standard_snapshot_s(cache: RecordedCache, life: Life) -> int | None:
    """When the standard snapshot of an instant cache is complete: as long after the build as it was recorded."""
    if cache.ready_s is None or cache.standard_snapshot_s is None:
        return None
    return life.ready_s + max(0, cache.standard_snapshot_s - cache.ready_s)
