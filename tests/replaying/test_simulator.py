"""The simulator: small histories by hand, agreement with the slow one, and the laws of least recently used."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from billing.replaying.curve import misses, stack_distances
from billing.replaying.simulator import Demand, Life, Outcome, simulate
from rules.quota import quota
from tests.replaying.slow import DAY, HOUR, Story, Wish, tell

AUTOMATIC, MANUAL = quota("automatic_image_caches"), quota("manual_image_caches")
BEGIN = 1_000 * DAY
UNTIL = BEGIN + 40 * DAY


def run(*caches: Demand, limit: int | None = None, at_once: bool = False) -> list[Outcome]:
    """Outcomes of caches that share a quota."""
    of = AUTOMATIC if caches[0].creation_method == "automatic" else MANUAL
    return simulate(caches, quota=of, limit=limit, from_s=BEGIN, until_s=UNTIL, at_once=at_once)


def automatic(name: str, starts: Sequence[int], **more: Any) -> Demand:
    """An automatic cache with starts in seconds after the begin."""
    return Demand(name, "automatic", [BEGIN + at for at in starts], **{"created_s": None, **more})


def manual(name: str, starts: Sequence[int], **more: Any) -> Demand:
    """A manual one."""
    return Demand(name, "manual", [BEGIN + at for at in starts], **{"created_s": None, **more})


def lives(outcome: Outcome) -> list[tuple[int, int | None]]:
    """Begin and end of the lives, in seconds after the begin."""
    return [
        (life.created_s - BEGIN, None if life.until_s is None else life.until_s - BEGIN)
        for life in outcome.lives
    ]


def test_the_first_instance_makes_an_automatic_cache_and_those_during_the_build_miss_too() -> None:
    (found,) = run(automatic("imc-a", [10, 10, 309, 310, 400], build_s=300))
    assert found.missed == [BEGIN + 10, BEGIN + 10, BEGIN + 309]
    assert found.hits == 2
    assert found.lives == [Life(BEGIN + 10, BEGIN + 310, BEGIN + 400 + 30 * DAY)]


def test_an_automatic_cache_goes_seven_days_after_its_creation_or_thirty_after_its_use() -> None:
    (unused,) = run(automatic("imc-a", [0, 8 * DAY]))
    assert lives(unused) == [(0, 7 * DAY), (8 * DAY, 15 * DAY)]
    (used,) = run(automatic("imc-a", [0, 7 * DAY - 1, 37 * DAY - 1]))
    assert lives(used) == [(0, 37 * DAY - 1), (37 * DAY - 1, None)]
    assert (used.hits, len(used.missed)) == (1, 2)


def test_what_existed_overdue_counts_anew_from_the_begin() -> None:
    old = {"created_s": BEGIN - 90 * DAY, "exists": True}
    assert lives(run(automatic("imc-a", [], **old))[0]) == [(-90 * DAY, 7 * DAY)]
    assert lives(run(automatic("imc-a", [], last_used_s=BEGIN - 31 * DAY, **old))[0]) == [
        (-90 * DAY, 30 * DAY)
    ]
    assert lives(run(automatic("imc-a", [], last_used_s=BEGIN - 29 * DAY, **old))[0]) == [(-90 * DAY, DAY)]
    assert lives(run(manual("imc-a", [], retention_days=3, **old))[0]) == [(-90 * DAY, 3 * DAY)]


def test_a_manual_cache_that_expired_is_built_again_for_the_next_instance() -> None:
    (found,) = run(manual("imc-a", [DAY, 2 * DAY], created_s=BEGIN, build_s=60, retention_days=1))
    assert lives(found) == [(0, DAY), (DAY, 2 * DAY), (2 * DAY, 3 * DAY)]
    assert (found.hits, len(found.missed)) == (0, 2)


def test_a_deletion_by_hand_holds() -> None:
    (found,) = run(manual("imc-a", [DAY, 5 * DAY], created_s=BEGIN, ends_s=BEGIN + 2 * DAY))
    assert lives(found) == [(0, 2 * DAY), (5 * DAY, None)]


def test_the_least_recently_used_is_evicted_and_its_instances_miss() -> None:
    old = {"created_s": BEGIN - DAY, "exists": True}
    first, second, third = run(
        automatic("imc-a", [100, 500], **old),
        automatic("imc-b", [200], **old),
        automatic("imc-c", [300]),
        limit=2,
    )
    assert lives(first) == [(-DAY, 300), (500, 500 + 7 * DAY)]
    assert lives(second) == [(-DAY, 500)]
    assert lives(third) == [(300, 300 + 7 * DAY)]
    assert (first.evictions, second.evictions, third.evictions) == (1, 1, 0)


def test_manual_caches_are_refused_unless_enough_of_them_may_go() -> None:
    old = {"created_s": BEGIN - DAY, "exists": True}
    kept, marked = manual("imc-a", [], **old), manual("imc-b", [], elimination_strategy="LRU", **old)
    wanted = manual("imc-c", [10, 20])
    *_, refused = run(kept, wanted, limit=1)
    assert (refused.refused, len(refused.missed), refused.lives) == (2, 2, [])
    _, evicted, made = run(kept, marked, wanted, limit=2)
    assert lives(evicted) == [(-DAY, 10)]
    assert (made.refused, made.hits, len(made.missed)) == (0, 1, 1)
    _, spared, refused = run(kept, marked, wanted, limit=1)
    assert (lives(spared), refused.refused) == ([(-DAY, None)], 2)


def test_a_limit_that_is_chosen_holds_from_the_begin() -> None:
    old = {"created_s": BEGIN - DAY, "exists": True}
    first, second = run(automatic("imc-a", [], **old), automatic("imc-b", [], **old), limit=1, at_once=True)
    assert (lives(first), lives(second)) == ([(-DAY, 0)], [(-DAY, 6 * DAY)])
    both = run(automatic("imc-a", [], **old), automatic("imc-b", [], **old), limit=1)
    assert all(lives(found) == [(-DAY, 6 * DAY)] for found in both)


def test_a_recorded_life_holds_until_something_undoes_it() -> None:
    """Its instances hit whatever its own times say; once evicted it lives by the rules."""
    seen = automatic(
        "imc-a", [5, 9 * DAY], created_s=BEGIN + 10, build_s=60, observed=True, ends_s=BEGIN + DAY
    )
    (alone,) = run(seen, limit=1)
    assert (alone.as_recorded, alone.hits, alone.missed) == (True, 2, [])
    evicted, _ = run(seen, automatic("imc-b", [100]), limit=1)
    assert (evicted.as_recorded, lives(evicted)) == (False, [(10, 100), (9 * DAY, 16 * DAY)])
    assert evicted.missed == [BEGIN + 9 * DAY]


HOURS = st.integers(0, 40 * 24 - 1).map(lambda hour: BEGIN + hour * HOUR)
SOON = st.integers(0, 30).map(lambda hour: BEGIN + hour * HOUR)


@st.composite
def wishes(draw: st.DrawFn, *, is_automatic: bool) -> Wish:
    """A cache of a generated history."""
    exists = draw(st.booleans())
    before = BEGIN - draw(st.integers(1, 60 * 24)) * HOUR
    created = before if exists else draw(st.one_of(st.none(), HOURS, SOON))
    recorded = created is not None and draw(st.integers(0, 3)) == 0
    used = draw(st.integers(0, (BEGIN - before) // HOUR - 1)) * HOUR + before if draw(st.booleans()) else None
    ends = draw(st.one_of(st.none(), HOURS)) if recorded or not is_automatic else None
    if recorded and ends is not None and created is not None and ends <= max(created, BEGIN):
        ends = None
    return Wish(
        name=draw(st.text("abc", min_size=1, max_size=3)),
        automatic=is_automatic,
        starts=sorted(draw(st.lists(st.one_of(HOURS, SOON), max_size=12))),
        created=created,
        exists=exists,
        build=draw(st.sampled_from([0, 0, 1, 5, 30])) * HOUR,
        days=None if is_automatic else draw(st.sampled_from([None, 1, 3, 20])),
        lru=not is_automatic and draw(st.booleans()),
        used=used if exists else None,
        recorded=recorded,
        ends=ends,
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Wish]:
    """Caches that share a quota, in any order."""
    is_automatic = draw(st.booleans())
    return draw(
        st.lists(wishes(is_automatic=is_automatic), min_size=1, max_size=7, unique_by=lambda wish: wish.name)
    )


def as_demand(wish: Wish) -> Demand:
    """The same for the program."""
    return Demand(
        cache_id=wish.name,
        creation_method="automatic" if wish.automatic else "manual",
        starts=wish.starts,
        created_s=wish.created,
        exists=wish.exists,
        build_s=wish.build,
        retention_days=wish.days,
        elimination_strategy="LRU" if wish.lru else None,
        last_used_s=wish.used,
        observed=wish.recorded,
        ends_s=wish.ends,
    )


@settings(max_examples=60)
@given(histories(), st.one_of(st.none(), st.integers(0, 6)))
def test_it_agrees_with_the_slow_simulator(history: list[Wish], limit: int | None) -> None:
    found = run(*map(as_demand, history), limit=limit)
    expected = tell(history, limit, BEGIN, UNTIL)
    for wish, outcome in zip(history, found, strict=True):
        story = expected[wish.name]
        told = Story(
            holds=outcome.as_recorded,
            lives=[(life.created_s, life.until_s) for life in outcome.lives],
            missed=outcome.missed,
            hits=outcome.hits,
            evicted=outcome.evictions,
            refused=outcome.refused,
        )
        assert told == story, wish


@given(histories(), st.integers(0, 5), st.permutations(range(7)))
def test_the_order_of_the_caches_changes_nothing(history: list[Wish], limit: int, order: list[int]) -> None:
    found = dict(zip((w.name for w in history), run(*map(as_demand, history), limit=limit), strict=True))
    shuffled = [history[index] for index in order if index < len(history)]
    again = dict(zip((w.name for w in shuffled), run(*map(as_demand, shuffled), limit=limit), strict=True))
    assert again == found


@st.composite
def demands(draw: st.DrawFn) -> dict[int, list[int]]:
    """Starts of caches within six days, so that nothing expires, no two caches in one second: ties have an order of their own."""
    seconds = draw(st.lists(st.integers(0, 6 * DAY - 1), max_size=60, unique=True))
    found: dict[int, list[int]] = {}
    for at_s in sorted(seconds):
        found.setdefault(draw(st.integers(0, 9)), []).extend([at_s] * draw(st.integers(1, 2)))
    return found


@settings(max_examples=40)
@given(demands(), st.integers(1, 9))
def test_a_larger_quota_never_misses_more(demanded: dict[int, list[int]], limit: int) -> None:
    """The inclusion property of least recently used, where builds take no time; the curve says the same of every size."""
    caches = [automatic(f"imc-{rank}", starts) for rank, starts in sorted(demanded.items())]
    if not caches:
        return
    small = sum(len(outcome.missed) for outcome in run(*caches, limit=limit))
    large = sum(len(outcome.missed) for outcome in run(*caches, limit=limit + 1))
    assert large <= small
    distances = stack_distances([], {}, demanded)
    assert (misses(distances, limit), misses(distances, limit + 1)) == (small, large)


@given(
    demands(),
    st.integers(1, 9),
    st.lists(st.integers(0, 9), unique=True, max_size=6),
    st.dictionaries(st.integers(0, 9), st.integers(6 * DAY, 7 * DAY - 1), max_size=3),
)
def test_the_curve_knows_what_exists_and_what_is_made(
    demanded: dict[int, list[int]], limit: int, existing: list[int], made: dict[int, int]
) -> None:
    """What exists is there in the order of its last use; what is made on the seventh day is used an hour later."""
    made = {rank: at_s for rank, at_s in made.items() if rank not in {*existing, *demanded}}
    demanded = demanded | {rank: [at_s + HOUR] for rank, at_s in made.items()}
    caches = []
    for rank in sorted({*demanded, *existing}):
        used_s = BEGIN - 8 * HOUR + existing.index(rank) if rank in existing else None
        caches.append(
            automatic(
                f"imc-{rank}",
                demanded.get(rank, []),
                exists=used_s is not None,
                created_s=BEGIN - 9 * HOUR
                if used_s is not None
                else BEGIN + made[rank]
                if rank in made
                else None,
                last_used_s=used_s,
            )
        )
    if caches and len({at for starts in demanded.values() for at in starts} | {*made.values()}) == sum(
        len(set(starts)) for starts in demanded.values()
    ) + len(made):
        found = sum(len(outcome.missed) for outcome in run(*caches, limit=limit, at_once=True))
        assert misses(stack_distances(existing, made, demanded), limit) == found
