"""Rounding, settling and spreading, held to exact fractions."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.money import (
    SETTLEMENT_RULES,
    SettlementRule,
    cut_cents,
    plain,
    round_amount,
    scaled,
    settle,
    spread,
    spread_cents,
    unscaled,
)

AMOUNTS = st.integers(-(10**18), 10**18).map(lambda units: scaled(units, 10))
PARTS = st.lists(st.integers(0, 10**12), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("numerator", "denominator", "amount"),
    [
        (1, 3, "0.3333333333"),
        (2, 3, "0.6666666667"),
        (1, 2 * 10**10, "0.0000000001"),
        (-1, 2 * 10**10, "-0.0000000001"),
        (1, 2 * 10**10 + 1, "0"),
        (-1, 10**12, "0"),
        (126, 10000, "0.0126"),
        (10**30, 1, "1000000000000000000000000000000"),
        (10**40 + 5, 10**11, "100000000000000000000000000000.0000000001"),
    ],
)
def test_an_amount_is_rounded_half_up_at_the_tenth_decimal(
    numerator: int, denominator: int, amount: str
) -> None:
    assert plain(round_amount(numerator, denominator)) == amount


@settings(max_examples=200)
@given(st.integers(), st.integers(1, 10**30))
def test_rounding_is_the_nearest_amount_away_from_zero_on_ties(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    error = Fraction(round_amount(numerator, denominator)) - exact
    assert abs(error) <= Fraction(1, 2 * 10**10)
    if abs(error) == Fraction(1, 2 * 10**10):
        assert error * exact > 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0.0126", "0.0126"),
        ("21600", "21600"),
        ("0.0320", "0.032"),
        ("-0.00", "0"),
        ("9.6E-7", "0.00000096"),
        ("1E+3", "1000"),
    ],
)
def test_plain_text_has_no_exponent_and_no_trailing_zeros(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


@settings(max_examples=200)
@given(st.integers(), st.integers(0, 12))
def test_scaling_is_exact_and_reversible(units: int, places: int) -> None:
    value = scaled(units, places)
    assert Fraction(value) == Fraction(units, 10**places)
    assert unscaled(value, places) == units
    assert value.as_tuple().digits[-1] != 0 or value == value.to_integral_value()


@pytest.mark.parametrize("value", ["0.12345678901", "NaN", "Infinity"])
def test_what_has_more_decimals_is_not_scaled(value: str) -> None:
    with pytest.raises(ValueError, match=f"{value} is no number of at most 10 decimals"):
        unscaled(Decimal(value), 10)


@pytest.mark.parametrize(
    ("total", "rule", "payable", "adjustment"),
    [
        ("0.6716666667", "cut", "0.67", "-0.0016666667"),
        ("0.6796666667", "cut", "0.67", "-0.0096666667"),
        ("0.6796666667", "half-up", "0.68", "0.0003333333"),
        ("0.005", "half-up", "0.01", "0.005"),
        ("-0.005", "half-up", "-0.01", "-0.005"),
        ("-0.019", "cut", "-0.01", "0.009"),
        ("12", "cut", "12.00", "0"),
        ("0", "half-up", "0.00", "0"),
    ],
)
def test_a_total_is_settled_by_its_rule(
    total: str, rule: SettlementRule, payable: str, adjustment: str
) -> None:
    settled = settle(Decimal(total), rule)
    assert (str(settled.payable), plain(settled.adjustment), settled.rule) == (payable, adjustment, rule)


@settings(max_examples=200)
@given(AMOUNTS, st.sampled_from(SETTLEMENT_RULES))
def test_payable_is_the_total_plus_the_adjustment(total: Decimal, rule: SettlementRule) -> None:
    settled = settle(total, rule)
    assert Fraction(settled.payable) == Fraction(total) + Fraction(settled.adjustment)
    assert abs(Fraction(settled.adjustment)) < Fraction(1, 100)
    if rule == "cut":
        assert abs(settled.payable) <= abs(total)
        assert settled.payable == cut_cents(total)


@pytest.mark.parametrize(
    ("total", "parts", "ids", "shares"),
    [
        ("1", [1, 1, 1], "abc", ["0.3333333334", "0.3333333333", "0.3333333333"]),
        ("1", [1, 1, 1], "cab", ["0.3333333333", "0.3333333334", "0.3333333333"]),
        ("-1", [1, 1, 1], "abc", ["-0.3333333334", "-0.3333333333", "-0.3333333333"]),
        ("0.0000000001", [1, 2], "ab", ["0", "0.0000000001"]),
        ("5", [0, 3], "ab", ["0", "5"]),
        ("0", [0, 0], "ab", ["0", "0"]),
    ],
)
def test_the_rest_goes_to_the_largest_remainder_then_to_the_smaller_id(
    total: str, parts: list[int], ids: str, shares: list[str]
) -> None:
    assert [plain(share) for share in spread(Decimal(total), parts, list(ids))] == shares


@settings(max_examples=200)
@given(AMOUNTS, PARTS)
def test_shares_sum_to_the_total_and_are_within_a_unit_of_proportional(
    total: Decimal, parts: list[int]
) -> None:
    if sum(parts) == 0:
        parts = [*parts, 1]
    shares = spread(total, parts, [f"{index:03}" for index in range(len(parts))])
    assert sum(map(Fraction, shares)) == Fraction(total)
    for share, part in zip(shares, parts, strict=True):
        assert abs(Fraction(share) - Fraction(total) * part / sum(parts)) < Fraction(1, 10**10)


@pytest.mark.parametrize("parts", [[], [0], [1, -1]])
def test_what_has_no_proportion_is_not_spread(parts: list[int]) -> None:
    with pytest.raises(ValueError, match=r"1 can't be spread over .*: parts are >= 0 and not all zero"):
        spread(Decimal(1), parts, ["a", "b"])


@pytest.mark.parametrize(
    ("payable", "amounts", "ids", "shares"),
    [
        ("5.00", ["5", "0.009"], "ab", ["5", "0"]),
        ("0.01", ["0.0095", "0.0095"], "ba", ["0", "0.01"]),
        ("0.99", ["1", "-0.009"], "ab", ["1", "-0.01"]),
        ("1.00", ["1.009", "-0.009"], "ab", ["1.01", "-0.01"]),
    ],
)
def test_cents_are_given_back_by_flooring_and_largest_remainder(
    payable: str, amounts: list[str], ids: str, shares: list[str]
) -> None:
    found = spread_cents(Decimal(payable), [Decimal(amount) for amount in amounts], list(ids))
    assert [plain(share) for share in found] == shares


@settings(max_examples=200)
@given(st.lists(AMOUNTS, max_size=8), st.sampled_from(SETTLEMENT_RULES))
def test_rows_in_cents_sum_to_what_is_payable(amounts: list[Decimal], rule: SettlementRule) -> None:
    total = scaled(sum(unscaled(amount, 10) for amount in amounts), 10)
    payable = settle(total, rule).payable
    shares = spread_cents(payable, amounts, [str(index) for index in range(len(amounts))])
    assert sum(map(Fraction, shares)) == Fraction(payable)
    for share, amount in zip(shares, amounts, strict=True):
        assert abs(Fraction(share) - Fraction(amount)) <= Fraction(1, 100)


def test_cents_that_settle_something_else_are_refused() -> None:
    with pytest.raises(ValueError, match=r"9 does not settle amounts that sum to 1\.5"):
        spread_cents(Decimal(9), [Decimal("1.5")], ["a"])
