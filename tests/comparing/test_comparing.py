"""Comparisons by hand: price, quantity and mix of two small months, and that they always sum to the change."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from billing.bill import Bill, Line, exact_sum
from billing.comparing import Movement, compare
from rules.money import round_amount
from tests.reports.build import OCTOBER, SEPTEMBER, line, metered

NOTHING = Decimal(0)


def priced(cache_id: str, region: str, gib_hours: int, price: str) -> Line:
    """Snapshot hours at a price of one's own."""
    amount = Fraction(Decimal(price)) * gib_hours
    return line("creation.snapshot", cache_id, gib_hours, region=region)._replace(
        rate=Decimal(price), per="GiB-hour", amount=round_amount(amount.numerator, amount.denominator)
    )


def bills(before: Sequence[Line], now: Sequence[Line]) -> tuple[Bill, Bill]:
    return metered(before, month=SEPTEMBER).bill, metered(now, month=OCTOBER).bill


def test_more_usage_at_the_same_price_is_quantity() -> None:
    found = compare(*bills([priced("a", "cn-x", 100, "0.5")], [priced("a", "cn-x", 140, "0.5")]))
    assert (found.quantity, found.price, found.mix) == (Decimal(20), NOTHING, NOTHING)


def test_the_same_usage_at_another_price_is_price() -> None:
    found = compare(*bills([priced("a", "cn-x", 100, "0.5")], [priced("a", "cn-x", 100, "0.45")]))
    assert (found.quantity, found.price, found.mix) == (NOTHING, Decimal(-5), NOTHING)


def test_usage_that_moves_to_a_cheaper_region_is_mix() -> None:
    before = [priced("a", "cn-x", 60, "0.5"), priced("b", "cn-y", 40, "0.25")]
    now = [priced("a", "cn-x", 20, "0.5"), priced("b", "cn-y", 80, "0.25")]
    found = compare(*bills(before, now))
    assert (found.quantity, found.price, found.mix) == (NOTHING, NOTHING, Decimal(-10))


def test_all_three_at_once_by_hand() -> None:
    """Before 100 at 0.5; now 50 at 0.6 and 100 at 0.5 elsewhere, where the tariff had 0.5 all along: none of it is mix."""
    found = compare(
        *bills(
            [priced("a", "cn-x", 100, "0.5")],
            [priced("a", "cn-x", 50, "0.6"), priced("b", "cn-y", 100, "0.5")],
        )
    )
    assert (found.quantity, found.price, found.mix) == (Decimal(25), Decimal(5), NOTHING)


def test_a_charge_that_is_new_is_quantity_at_the_price_that_held_before() -> None:
    [row] = compare(*bills([], [line("creation.snapshot", "a", 1000)])).charges
    assert (row.price, row.mix, row.quantity) == (NOTHING, NOTHING, row.now)


def test_caches_come_go_and_change() -> None:
    before = [
        priced("went", "cn-x", 10, "1"),
        priced("more", "cn-x", 10, "1"),
        priced("same", "cn-x", 5, "1"),
    ]
    now = [priced("came", "cn-x", 30, "1"), priced("more", "cn-x", 12, "1"), priced("same", "cn-x", 5, "1")]
    found = compare(*bills(before, now))
    changes = [(one.cache[2], one.change) for one in found.caches]
    assert changes == [("came", Decimal(30)), ("went", Decimal(-10)), ("more", Decimal(2))]
    assert found.movements == {
        "came": Movement(1, Decimal(30)),
        "went": Movement(1, Decimal(-10)),
        "more": Movement(1, Decimal(2)),
        "less": Movement(0, Decimal(0)),
    }


LINES = st.lists(
    st.builds(
        priced,
        st.sampled_from("abc"),
        st.sampled_from(["cn-x", "cn-y", "cn-hangzhou"]),
        st.integers(0, 10**9),
        st.sampled_from(["0.1", "0.0000000003", "7.77", "0.3333333333"]),
    ),
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(LINES, LINES)
def test_the_parts_always_sum_to_the_change(before: list[Line], now: list[Line]) -> None:
    found = compare(*bills(before, now))
    assert exact_sum((found.price, found.quantity, found.mix)) == found.change
    assert exact_sum(moved.amount for moved in found.movements.values()) == found.change
    for row in found.charges:
        assert exact_sum((row.price, row.quantity, row.mix)) == row.change
