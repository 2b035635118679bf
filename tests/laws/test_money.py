"""Money: more usage never costs less, lines sum to the total, groups sum to the lines, and nothing is dropped."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from billing.bill import Bill
from billing.grouping import group
from tests.laws.comparing import line_key
from tests.laws.own_tariff import PRICES
from tests.laws.program import fresh_program
from tests.laws.worlds import World, worlds
from tests.oracle.bill import Bill as Expected
from tests.oracle.bill import LineKey, bill, month_bill, overlaps
from tests.oracle.records import Key, Row, current, read_caches, read_instances
from tests.oracle.times import microsecond, month_window, written

_TICK = Fraction(1, 10**10)


@given(worlds(revisions=0), st.data())
def test_more_usage_never_costs_less(world: World, data: st.DataObject) -> None:
    """Runs and caches that last longer, larger caches and snapshots, more copies, and instances that are new."""
    seconds = data.draw(st.integers(0, 40 * 24 * 3600))
    caches = [_more_cache(row, seconds, data) for row in world.caches]
    instances = [_longer(row, "ended_at", seconds) for row in world.instances]
    instances += [row | {"instance_id": row["instance_id"] + "-copy"} for row in world.instances[:2]]
    month, tariff = world.scene.months[1], world.scene.tariffs[0]
    with fresh_program() as program:
        program.import_files(("caches", world.caches), ("instances", world.instances))
        less = program.bill(month, tariff)
        later = [row | {"observed_at": "2100-01-01T00:00:00Z"} for row in (*caches, *instances)]
        program.import_files(("caches", later[: len(caches)]), ("instances", later[len(caches) :]))
        more = program.bill(month, tariff)
    amounts = {line_key(line): line for line in more.lines}
    for line in less.lines:
        grown = amounts[line_key(line)]
        assert (line.quantity, line.amount) <= (grown.quantity, grown.amount), line
    assert less.total <= more.total


@given(worlds())
def test_lines_and_groups_sum_to_the_total(world: World) -> None:
    month, tariff = world.scene.months[0], world.scene.tariffs[-1]
    with fresh_program() as program:
        program.import_files(("caches", world.caches), ("instances", world.instances))
        by_day = program.metered(month, tariff, by_day=True)
        by_tag = program.metered(month, tariff, by_tag="team")
    found = by_tag.bill
    assert found == by_day.bill
    assert found.total == sum(line.amount for line in found.lines)
    assert sum(found.total_by_charge.values()) == found.total
    assert found.estimated_total == sum(line.amount for line in found.lines if line.estimated)
    assert len({line.line_id for line in found.lines}) == len(found.lines)
    for line in found.lines:
        assert line.amount == line.amount.quantize(Decimal("1e-10")), line
    for by in ("cache", "charge", "account", "region"):
        assert sum(part.amount for part in group(by_tag, by)) == found.total, by
    assert sum(part.amount for part in group(by_day, "day")) == found.total
    tags = {part.key[0]: part.amount for part in group(by_tag, "tag:team")}
    assert sum(tags.values()) == found.total
    for value, exact in _shares(world, month, tariff).items():
        assert abs(Fraction(tags.get(value, Decimal(0))) - exact) <= _TICK * len(found.lines), value


@given(worlds())
def test_bills_of_accounts_and_tags_are_parts_of_the_whole(world: World) -> None:
    month, tariff = world.scene.months[1], world.scene.tariffs[0]
    with fresh_program() as program:
        program.import_files(("caches", world.caches), ("instances", world.instances))
        whole = program.bill(month, tariff)
        for account in ("100", "200", "300"):
            part = program.bill(month, tariff, accounts=[account])
            assert part.lines == tuple(line for line in whole.lines if line.account_id == account)
            assert part.unrated == tuple(item for item in whole.unrated if item.account_id == account)
            mine = [
                [row for row in rows if row["account_id"] == account]
                for rows in (world.caches, world.instances)
            ]
            expected = month_bill(mine[0], mine[1], PRICES[tariff], month)
            assert {key: count for key, count in part.records.caches.items() if count} == expected.caches
            assert {
                key: count for key, count in part.records.instances.items() if count
            } == expected.instances
        groups = {
            part.key[0]: part.amount
            for part in group(program.metered(month, tariff, by_tag="team"), "tag:team")
        }
        for value in ("search", "ads", "nobody"):
            assert program.bill(month, tariff, tag=("team", value)).total == groups.get(value, 0), value


@given(worlds())
def test_every_record_is_charged_free_or_named(world: World) -> None:
    """Counted by hand: the counts add up, lines belong to records that count, and what is not priced has its reason."""
    month, tariff = world.scene.months[0], world.scene.tariffs[-1]
    with fresh_program() as program:
        program.import_files(("caches", world.caches), ("instances", world.instances))
        found = program.bill(month, tariff)
    window = month_window(month)
    caches = [cache for cache in read_caches(world.caches) if overlaps(cache.created, cache.last, window)]
    instances = [run for run in read_instances(world.instances) if overlaps(run.started, run.end, window)]
    counts = found.records.to_json()
    assert counts["caches"]["overlapping"] == len(caches) == sum(found.records.caches.values())
    assert counts["instances"]["overlapping"] == len(instances) == sum(found.records.instances.values())
    overlapping = {cache.key for cache in caches}
    using = {run.cache for run in instances}
    for line in found.lines:
        assert line_key(line).cache in (overlapping if line.phase == "creation" else using), line
    unrated = found.records.caches["unrated"] + found.records.instances["unrated"]
    assert (unrated > 0) <= (not found.complete)
    assert all(item.reason and item.quantity > 0 for item in found.unrated)
    _assert_named(found, "unknown_cache", found.records.instances["unknown_cache"])
    _assert_named(found, "unmetered_build", found.records.caches["unmetered"])


def test_an_amount_in_the_middle_is_rounded_up_at_the_tenth_decimal() -> None:
    """0.0006 GiB for a second cost CNY 0.00000000035 exactly, for two seconds twice that."""
    place = {
        "account_id": "100",
        "region": "cn-hangzhou",
        "observed_at": "2024-06-01T00:00:00Z",
        "cache_id": "imc-a",
    }
    cache = place | {"size_gib": "0.0006", "created_at": "2024-01-01T00:00:00Z"}
    run = place | {"instance_id": "eci-1", "started_at": "2024-05-01T00:00:00Z"}
    for ended, amount in (("2024-05-01T00:00:01Z", "0.0000000004"), ("2024-05-01T00:00:02Z", "0.0000000007")):
        with fresh_program() as program:
            program.import_files(("caches", [cache]), ("instances", [run | {"ended_at": ended}]))
            found = program.bill("2024-05", "alibaba-cn")
        assert [line.amount for line in found.lines if line.phase == "usage"] == [Decimal(amount)]


def _assert_named(found: Bill, code: str, count: int) -> None:
    assert sum(notice.count for notice in found.notices if notice.code == code) == count, code


def _more_cache(row: dict[str, str], seconds: int, data: st.DataObject) -> dict[str, str]:
    """The cache with a longer life, a larger size, a larger snapshot and more copies."""
    size = min(Fraction(32768), Fraction(row["size_gib"]) + data.draw(st.integers(0, 50)))
    row = _longer(row, "deleted_at", seconds) | {"size_gib": _decimal(size)}
    if row["snapshot_gib"]:
        row["snapshot_gib"] = _decimal(Fraction(row["snapshot_gib"]) + data.draw(st.integers(0, 50)))
    row["snapshot_copies"] = str(int(row["snapshot_copies"] or 1) + data.draw(st.integers(0, 2)))
    return row


def _longer(row: dict[str, str], column: str, seconds: int) -> dict[str, str]:
    if not row[column]:
        return dict(row)
    return row | {column: written(microsecond(row[column]) + seconds * 10**6)}


def _decimal(number: Fraction) -> str:
    micro = int(number * 10**6)
    return f"{micro // 10**6}.{micro % 10**6:06d}"


def _shares(world: World, month: str, tariff: str) -> dict[str | None, Fraction]:
    """What the usage of each team costs, not rounded: instances by their own tag, else their cache's; caches by theirs."""
    caches, instances = read_caches(world.caches), read_instances(world.instances)
    cache_tags = {_key(row): _team(row) for row in current(world.caches, "cache_id")}
    run_tags = {
        (row["account_id"], row["region"], row["instance_id"]): _team(row) or cache_tags.get(_key(row))
        for row in current(world.instances, "instance_id")
    }
    window = month_window(month)
    shares: dict[str | None, Fraction] = defaultdict(Fraction)
    for key, exact in _exact(bill(caches, instances, PRICES[tariff], window, window[0])):
        if key.charge.startswith("creation."):
            shares[cache_tags[key.cache]] += exact
    for run in instances:
        for key, exact in _exact(bill(caches, [run], PRICES[tariff], window, window[0])):
            if key.charge.startswith("usage."):
                shares[run_tags[run.account_id, run.region, run.instance_id]] += exact
    return shares


def _exact(found: Expected) -> Iterator[tuple[LineKey, Fraction]]:
    for key, line in found.lines.items():
        yield key, line.quantity * line.price


def _key(row: Row) -> Key:
    return Key(row["account_id"], row["region"], row["cache_id"])


def _team(row: Row) -> str | None:
    return row["tags"].split('"')[3] if row["tags"] else None
