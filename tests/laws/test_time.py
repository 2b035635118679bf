"""Time can be cut anywhere: a month is the sum of its days, and runs and snapshots may be split."""

from collections import defaultdict
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from billing.bill import Bill
from billing.grouping import group
from tests.laws.comparing import line_key
from tests.laws.own_tariff import PRICES
from tests.laws.program import LATE_US, fresh_program
from tests.laws.worlds import Rows, World, worlds
from tests.oracle.bill import Bill as Expected
from tests.oracle.bill import LineKey, bill, month_bill
from tests.oracle.records import read_caches, read_instances
from tests.oracle.times import DAY, HOUR, day_starts, microsecond, month_window, written


@given(worlds())
def test_a_month_is_the_sum_of_its_days(world: World) -> None:
    """Each day shows what the month up to its end costs more than up to its begin; the present cuts the last one."""
    month, tariff, present = world.scene.months[1], world.scene.tariffs[-1], max(world.present)
    with fresh_program() as program:
        program.import_files(("caches", world.caches), ("instances", world.instances))
        metered = program.metered(month, tariff, present, by_day=True)
        plain = program.bill(month, tariff, present)
        summed = program.days(month, tariff, present)
    assert metered.bill == plain
    days = group(metered, "day")
    assert summed == days
    assert len(days) == len(day_starts(month))
    assert sum(day.amount for day in days) == plain.total
    begin, until = month_window(month)
    caches = read_caches(world.caches)
    instances = [run for run in read_instances(world.instances) if run.started < present // 10**6]
    running = Fraction(0)
    for day, day_from in zip(days, day_starts(month), strict=True):
        window = (begin, min(day_from + DAY, until, present // 10**6))
        so_far = bill(caches, instances, PRICES[tariff], window, begin).total
        assert Fraction(day.amount) == so_far - running, day.key
        running = so_far


@given(worlds(), st.data())
def test_a_month_may_be_cut_by_the_present(world: World, data: st.DataObject) -> None:
    """What was billed at a full hour and what comes after it add up to the month, line by line."""
    month, tariff = world.scene.months[0], world.scene.tariffs[0]
    begin, end = month_window(month)
    caches, instances = read_caches(world.caches), read_instances(world.instances)
    cut = begin + data.draw(st.integers(0, (end - begin) // HOUR)) * HOUR
    with fresh_program() as program:
        program.import_files(("caches", world.caches), ("instances", world.instances))
        before, whole = program.bill(month, tariff, cut * 10**6), program.bill(month, tariff)
    started = [run for run in instances if run.started < cut]
    late = {instance.cache for instance in instances} - {instance.cache for instance in started}
    after = bill(caches, instances, PRICES[tariff], (cut, end), begin)
    parts = _quantities(before)
    for key, quantity in _expected(after).items():
        parts[key] += quantity
    for key, quantity in _quantities(whole).items():
        # A snapshot that only a later use shows to exist was not billed yet.
        assert parts[key] == quantity or (key.charge == "creation.snapshot" and key.cache in late), key


@given(worlds(revisions=0), st.data())
def test_splitting_instances_at_a_whole_second_changes_nothing(world: World, data: st.DataObject) -> None:
    pieces: Rows = []
    for row in world.instances:
        begin, end = microsecond(row["started_at"]), microsecond(row["ended_at"] or "2199-01-01T00:00:00Z")
        first, last = -(-begin // 10**6), end // 10**6
        if first > last:
            pieces.append(row)
            continue
        cut = written(data.draw(st.integers(first, last)) * 10**6, 8 * 60)
        later = row | {"started_at": cut, "instance_id": row["instance_id"] + "-later"}
        pieces += [later, row | {"ended_at": cut}]
    month, tariff = world.scene.months[1], world.scene.tariffs[-1]
    with fresh_program() as program:
        program.import_files(("caches", world.caches), ("instances", world.instances))
        whole = program.bill(month, tariff)
    with fresh_program() as program:
        program.import_files(("caches", world.caches), ("instances", pieces))
        split = program.bill(month, tariff)
    assert [_without_estimates(line._asdict()) for line in split.lines] == [
        _without_estimates(line._asdict()) for line in whole.lines
    ]
    assert [item.to_json() for item in split.unrated] == [item.to_json() for item in whole.unrated]


@given(worlds(revisions=0), st.data())
def test_splitting_snapshots_at_a_full_hour_changes_nothing(world: World, data: st.DataObject) -> None:
    """A ready cache ends at the hour, and another one, built in no time, goes on from there with a snapshot of the same size."""
    pieces: Rows = []
    caches = [row | {"instant": ""} for row in world.caches]
    for row in caches:
        begin = microsecond(row["ready_at"] or row["created_at"])
        end = microsecond(row["deleted_at"] or row["created_at"])
        first, last = -(-begin // (HOUR * 10**6)), end // (HOUR * 10**6)
        if not row["ready_at"] or not row["deleted_at"] or first > last:
            pieces.append(row)
            continue
        cut = written(data.draw(st.integers(first, last)) * HOUR * 10**6, 8 * 60)
        later = row | {"cache_id": row["cache_id"] + "-later", "created_at": cut, "ready_at": cut}
        pieces += [row | {"deleted_at": cut}, later | {"standard_snapshot_at": ""}]
    month, tariff = world.scene.months[0], world.scene.tariffs[-1]
    with fresh_program() as program:
        program.import_files(("caches", caches))
        whole = program.bill(month, tariff)
    with fresh_program() as program:
        program.import_files(("caches", pieces))
        split = program.bill(month, tariff)
    assert _by_period(split) == _by_period(whole)


def test_the_oracle_itself_adds_up_over_days() -> None:
    """A snapshot, a build and a run over three days, billed day by day and at once."""
    place = {
        "account_id": "100",
        "region": "cn-hangzhou",
        "observed_at": "2024-01-01T00:00:00Z",
        "cache_id": "imc-a",
    }
    times = {
        "created_at": "2024-02-28T15:00:01Z",
        "ready_at": "2024-02-29T16:10:00Z",
        "deleted_at": "2024-03-02T15:59:59Z",
    }
    caches = read_caches([place | times | {"size_gib": "33.333333"}])
    runs = read_instances([place | {"instance_id": "eci-1", "started_at": "2024-02-28T00:00:00Z"}])
    for month in ("2024-02", "2024-03"):
        begin, _ = month_window(month)
        days = [
            bill(caches, runs, PRICES["alibaba-cn"], (day, day + DAY), begin) for day in day_starts(month)
        ]
        whole = bill(caches, runs, PRICES["alibaba-cn"], month_window(month), begin)
        summed: dict[LineKey, Fraction] = defaultdict(Fraction)
        for day in days:
            for key, quantity in _expected(day).items():
                summed[key] += quantity
        assert summed == _expected(whole)
        assert (
            whole.lines
            == month_bill(
                [place | times | {"size_gib": "33.333333"}],
                [place | {"instance_id": "eci-1", "started_at": "2024-02-28T00:00:00Z"}],
                PRICES["alibaba-cn"],
                month,
                LATE_US // 10**6,
            ).lines
        )


def _quantities(found: Bill) -> dict[LineKey, Fraction]:
    quantities = {line_key(line): Fraction(line.quantity) for line in found.lines}
    return defaultdict(Fraction, quantities)


def _expected(found: Expected) -> dict[LineKey, Fraction]:
    return {key: line.quantity for key, line in found.lines.items()}


def _by_period(found: Bill) -> dict[object, Fraction]:
    """Quantities over all caches of an account and region; creations are left out, for there are more of them."""
    quantities: dict[object, Fraction] = defaultdict(Fraction)
    for line in found.lines:
        if line.charge != "creation.automatic":
            key = (line.account_id, line.region, line.charge, line.period_from)
            quantities[key] += Fraction(line.quantity)
    return quantities


def _without_estimates(line: dict[str, object]) -> dict[str, object]:
    """A run that has ended is not estimated; the rest of one that goes on still may be."""
    return {name: value for name, value in line.items() if not name.startswith("estimated")}
