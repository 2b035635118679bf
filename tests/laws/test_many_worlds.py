"""The slow check: many worlds, and worlds that came in a hundred small imports, agree with the oracle."""

import pytest
from hypothesis import given, settings

from tests.laws.comparing import assert_agree
from tests.laws.own_tariff import PRICES
from tests.laws.program import LATE_US, fresh_program
from tests.laws.worlds import World, worlds
from tests.oracle.bill import month_bill

pytestmark = pytest.mark.slow


@settings(max_examples=max(40, settings().max_examples))
@given(worlds(at_once=True))
def test_many_worlds_agree_with_the_oracle(world: World) -> None:
    with fresh_program() as program:
        program.import_files(("caches", world.caches), ("instances", world.instances))
        for month in world.scene.months:
            for tariff in world.scene.tariffs:
                for present in (*world.present, LATE_US):
                    prices, as_of = PRICES[tariff], present // 10**6
                    expected = month_bill(world.caches, world.instances, prices, month, as_of)
                    assert_agree(program.bill(month, tariff, present), expected)


@settings(max_examples=max(4, settings().max_examples // 10))
@given(worlds(revisions=20))
def test_worlds_that_came_row_by_row_agree_with_the_oracle(world: World) -> None:
    """Every row is a command of its own, so that the files are merged on the way."""
    with fresh_program() as program:
        for row in world.caches:
            program.import_files(("caches", [row]))
        for row in world.instances:
            program.import_files(("instances", [row]))
        for month in world.scene.months:
            for tariff in world.scene.tariffs:
                expected = month_bill(world.caches, world.instances, PRICES[tariff], month)
                assert_agree(program.bill(month, tariff), expected)
