"""The program agrees with the oracle in every quantity, amount, flag and count, whatever was imported in whatever batches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.comparing import assert_agree
from tests.laws.own_tariff import PRICES
from tests.laws.program import LATE_US, Program, fresh_program
from tests.laws.worlds import Rows, World, worlds
from tests.oracle.bill import month_bill


@given(worlds(), st.data())
def test_every_bill_agrees_with_the_oracle(world: World, data: st.DataObject) -> None:
    """Two commands import the records; both months are billed under both tariffs, now and at earlier presents."""
    cut = data.draw(st.integers(0, len(world.caches)))
    first, second = world.instances[::2], world.instances[1::2]
    with fresh_program() as program:
        program.import_files(("caches", world.caches[:cut]), ("instances", first))
        program.import_files(("instances", second), ("caches", world.caches[cut:]))
        _compare(program, world, world.caches, [*first, *second])


@given(worlds(at_once=True))
def test_of_versions_observed_at_once_the_later_import_holds(world: World) -> None:
    with fresh_program() as program:
        program.import_files(("caches", world.caches[::2]), ("instances", world.instances[::2]))
        program.import_files(("caches", world.caches[1::2]), ("instances", world.instances[1::2]))
        caches = [*world.caches[::2], *world.caches[1::2]]
        _compare(program, world, caches, [*world.instances[::2], *world.instances[1::2]])


@pytest.mark.parametrize("count", [300])
def test_the_largest_caches_and_many_instances_overflow_nothing(count: int) -> None:
    """32,768 GiB times a month of seconds times many instances passes 2^63 millionths."""
    place = {"account_id": "100", "region": "cn-hangzhou", "observed_at": "2024-06-01T00:00:00Z"}
    big = place | {"cache_id": "imc-a", "size_gib": "32768", "created_at": "2024-01-01T00:00:00Z"}
    run = place | {
        "cache_id": "imc-a",
        "started_at": "2024-03-31T00:00:00Z",
        "ended_at": "2024-06-01T00:00:00Z",
    }
    instances: Rows = [run | {"instance_id": f"eci-{number}"} for number in range(count)]
    with fresh_program() as program:
        program.import_files(("caches", [big]), ("instances", instances))
        found = program.bill("2024-05", "alibaba-cn")
    assert_agree(found, month_bill([big], instances, PRICES["alibaba-cn"], "2024-05"))


def _compare(program: Program, world: World, caches: Rows, instances: Rows) -> None:
    for month in world.scene.months:
        for tariff in world.scene.tariffs:
            presents = world.present if tariff == world.scene.tariffs[-1] else ()
            for present in (*presents, LATE_US):
                expected = month_bill(caches, instances, PRICES[tariff], month, present // 10**6)
                assert_agree(program.bill(month, tariff, present), expected)
