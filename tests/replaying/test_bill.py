"""A replay is the bill where nothing is chosen, and where what is chosen is what was recorded, to the last digit."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.bill import Bill
from billing.replaying import Choices, Replay, Selection, open_replay
from billing.store import open_store
from billing.workspace import Workspace
from rules.period import parse_month
from tests.laws.program import LATE_US, Program, fresh_program
from tests.laws.worlds import World, worlds
from tests.openb.trace import MONTHS, TRACE, cache_rows, instance_rows


@contextmanager
def replaying(program: Program, month: str, tariff: str, present_us: int = LATE_US) -> Iterator[Replay]:
    """The replay of a program's month."""
    as_of = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=present_us)
    with (
        open_store(Workspace(program.folder / "workspace")).reader() as reader,
        open_replay(
            reader, parse_month(month), as_of=as_of, tariff=program.tariff(tariff), limits={}
        ) as replay,
    ):
        yield replay


def assert_is_the_bill(replay: Replay, bill: Bill, choices: Choices) -> None:
    """Every line, every unrated quantity and every cache come out as they were billed."""
    found = replay.under(choices)
    assert found.lines == bill.lines
    assert sorted(found.unrated) == sorted(bill.unrated)
    assert found.recorded_total == found.replayed_total == bill.total
    assert found.difference == 0
    assert all(cost.difference == 0 for cost in found.caches)
    assert sum((cost.recorded for cost in found.caches), Decimal(0)) == bill.total
    behaviour = found.behaviour
    assert (behaviour.misses, behaviour.evictions, behaviour.refused, behaviour.extra_pull_s) == (0, 0, 0, 0)


@given(worlds(), st.data())
def test_a_replay_without_choices_is_the_bill(world: World, data: st.DataObject) -> None:
    """Once by leaving everything as it was, and once by making every record anew, priced by the tariff that it has."""
    cut = data.draw(st.integers(0, len(world.caches)))
    with fresh_program() as program:
        program.import_files(("caches", world.caches[:cut]), ("instances", world.instances[::2]))
        program.import_files(("instances", world.instances[1::2]), ("caches", world.caches[cut:]))
        for month in world.scene.months:
            for present in (*world.present, LATE_US):
                tariff = world.scene.tariffs[-1]
                bill = program.bill(month, tariff, present)
                with replaying(program, month, tariff, present) as replay:
                    assert_is_the_bill(replay, bill, Choices())
                    assert_is_the_bill(replay, bill, Choices(tariff=program.tariff(tariff)))


@given(worlds())
def test_what_another_tariff_makes_of_a_month_is_its_bill(world: World) -> None:
    with fresh_program() as program:
        program.import_files(("caches", world.caches), ("instances", world.instances))
        for month in world.scene.months:
            own, other = program.tariff("alibaba-cn"), program.tariff("own-cn")
            with replaying(program, month, own.id) as replay:
                found = replay.under(Choices(tariff=other))
            bill = program.bill(month, other.id)
            assert found.lines == bill.lines
            assert sorted(found.unrated) == sorted(bill.unrated)


def test_a_cache_is_repriced_for_its_instances_whatever_its_own_times_say() -> None:
    """It was recorded to be made in June, an instance used it in May."""
    place = {
        "account_id": "100",
        "region": "cn-hangzhou",
        "observed_at": "2024-07-01T00:00:00Z",
        "cache_id": "imc-a",
    }
    cache = place | {
        "size_gib": "40",
        "created_at": "2024-06-05T00:00:00Z",
        "ready_at": "2024-06-05T00:05:00Z",
    }
    used = place | {
        "instance_id": "eci-1",
        "started_at": "2024-05-12T00:00:00Z",
        "ended_at": "2024-05-12T01:00:00Z",
    }
    with fresh_program() as program:
        program.import_files(("caches", [cache]), ("instances", [used]))
        with replaying(program, "2024-05", "alibaba-cn") as replay:
            found = replay.under(Choices(tariff=program.tariff("own-cn")))
        assert found.lines == program.bill("2024-05", "own-cn").lines
        assert found.difference < 0


@pytest.fixture(scope="module")
def openb(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A workspace with the openb trace and its caches."""
    program = Program(tmp_path_factory.mktemp("replayed-openb"))
    program.import_files(("caches", cache_rows()), ("instances", instance_rows()))
    return program


@pytest.mark.skipif(not TRACE.exists(), reason=f"the openb trace is not there: {TRACE}")
@pytest.mark.parametrize("month", MONTHS)
def test_a_replay_of_the_trace_is_its_bill(openb: Program, month: str) -> None:
    bill = openb.bill(month, "alibaba-cn")
    with replaying(openb, month, "alibaba-cn") as replay:
        assert_is_the_bill(replay, bill, Choices())
        assert_is_the_bill(replay, bill, Choices(tariff=openb.tariff("alibaba-cn")))


@pytest.mark.skipif(not TRACE.exists(), reason=f"the openb trace is not there: {TRACE}")
def test_what_is_kept_for_good_costs_what_it_did(openb: Program) -> None:
    """The trace's caches are there all month; with a retention beyond it every simulated life is the recorded one."""
    bill = openb.bill("2024-05", "alibaba-cn")
    with replaying(openb, "2024-05", "alibaba-cn") as replay:
        found = replay.under(Choices(retention_days=36_500))
        assert [line.amount for line in found.lines] == [line.amount for line in bill.lines]
        assert found.difference == 0
        assert found.behaviour.misses == 0
        counted = found.behaviour.hits
        dearer = replay.under(Choices(automatic_quota=1), Selection(cache_ids=["imc-32", "imc-33"]))
    assert counted == sum("2024-05" in row["started_at"][:7] for row in instance_rows())
    assert dearer.behaviour.evictions > 0
