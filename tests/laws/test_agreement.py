"""The program agrees with the oracle in every quantity, amount, flag and count, whatever was imported and in whatever batches."""

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.comparing import assert_agree
from tests.laws.own_tariff import PRICES
from tests.laws.program import LATE_US, fresh_program
from tests.laws.worlds import World, worlds
from tests.oracle.bill import month_bill


@given(worlds(), st.data())
def test_every_bill_agrees_with_the_oracle(world: World, data: st.DataObject) -> None:
    """Records are imported by several commands; each pair of month and tariff is billed at several present moments."""
    cut = data.draw(st.integers(0, len(world.caches)))
    with fresh_program() as program:
        program.import_files(("caches", world.caches[:cut]), ("instances", world.instances[::2]))
        program.import_files(("instances", world.instances[1::2]), ("caches", world.caches[cut:]))
        instances = [*world.instances[::2], *world.instances[1::2]]
        for month in world.scene.months:
            for tariff in world.scene.tariffs:
                for present in (*world.present, LATE_US):
                    found = program.bill(month, tariff, present)
                    assert_agree(
                        found, month_bill(world.caches, instances, PRICES[tariff], month, present // 10**6)
                    )
