"""Counts, history, peak and evictions agree with the slow walk, on generated histories with revisions and withdrawals."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from billing.quotas import QuotaStep, accounting, history
from billing.store import open_store
from billing.workspace import Workspace
from rules.period import Month, epoch_s, instant
from tests.laws.program import Program, fresh_program
from tests.laws.worlds import World, worlds
from tests.quotas.walk import count, evicted, places, walk


def _store(program: Program) -> Workspace:
    return Workspace(program.folder / "workspace")


@given(world=worlds(), data=st.data())
def test_every_count_is_what_the_walk_finds(world: World, data: st.DataObject) -> None:
    held = places(world.caches)
    moments = sorted({place.begin for place in held} | {place.end for place in held if place.end is not None})
    beside = [moment + shift for moment in moments for shift in (-1, 0, 1)] or [0]
    at_s = data.draw(st.sampled_from(beside))
    with fresh_program() as program:
        program.import_files(("caches", world.caches), ("instances", world.instances))
        store = open_store(_store(program))
        with store.reader() as reader:
            found = {use.subject: use for use in accounting(store, reader, at=instant(at_s))}
        begin_s = Month.containing(at_s).from_s
        steps = walk(held, begin_s, at_s)
        for subject, number in count(held, at_s).items():
            assert found[subject].counted == number
        for subject, use in found.items():
            assert use.counted == use.used == count(held, at_s).get(subject, 0)
            assert use.limit is None
            assert use.share is None
            peak = max(number for _, number in steps[subject])
            assert use.peak == peak
            assert epoch_s(use.peak_at) == min(at for at, number in steps[subject] if number == peak)


@given(world=worlds())
def test_the_history_is_what_the_walk_finds(world: World) -> None:
    held = places(world.caches)
    begin_s = min((place.begin for place in held), default=0) - 1
    until_s = max((place.end or place.begin for place in held), default=0) + 1
    with fresh_program() as program:
        program.import_files(("caches", world.caches))
        store = open_store(_store(program))
        with store.reader() as reader:
            steps = history(store, reader, from_=instant(begin_s), until=instant(until_s))
    found: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
    for step in steps:
        found.setdefault((step.account_id, step.region, step.quota), []).append(
            (epoch_s(step.at), step.counted)
        )
    expected = walk(held, begin_s, until_s)
    assert {subject: changes for subject, changes in found.items() if len(changes) > 1} == {
        subject: changes for subject, changes in expected.items() if len(changes) > 1
    }
    assert all(step.until == _next(steps, index, until_s) for index, step in enumerate(steps))


@given(world=worlds(revisions=0), data=st.data())
def test_who_goes_next_is_who_the_walk_finds(world: World, data: st.DataObject) -> None:
    for row in world.caches:
        row["elimination_strategy"] = data.draw(st.sampled_from(["", "LRU", "LRU"]))
    held = places(world.caches)
    at_s = max((place.begin for place in held), default=0) + 40 * 86400
    with fresh_program() as program:
        program.import_files(("caches", world.caches))
        store = open_store(_store(program))
        with store.reader() as reader:
            uses = accounting(store, reader, at=instant(at_s))
    for use in uses:
        expected = evicted(held, use.subject, at_s)
        assert list(use.next_evicted) == expected
        automatic = use.quota == "automatic_image_caches"
        assert use.at_limit == ("evicts" if automatic or expected else "refused")


def _next(steps: list[QuotaStep], index: int, until_s: int) -> datetime:
    """Where a step ends: at the next one of its quota, else where the history does."""
    following = steps[index + 1 : index + 2]
    return next((step.at for step in following if step[:3] == steps[index][:3]), instant(until_s))
