"""Prices per quantity as exact fractions."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.errors import UnitError
from rules.units import UNITS, Price, from_micro, to_micro


@pytest.mark.parametrize(
    ("amount", "per", "unit", "price"),
    [
        ("0.05", "100 GiB-hour", "GiB-second", Fraction(5, 100 * 100 * 3600)),
        ("0.0021", "GiB-hour", "GiB-second", Fraction(21, 10000 * 3600)),
        ("0.12", "GiB-month", "GiB-hour", Fraction(12, 100 * 720)),
        ("1", "GiB-month", "GiB-second", Fraction(1, 720 * 3600)),
        ("0.000049", "vCPU-second", "vCPU-second", Fraction(49, 10**6)),
        ("0.1764", "vCPU-hour", "vCPU-second", Fraction(1764, 3600 * 10**4)),
        ("1", "enabling", "enabling", Fraction(1)),
        ("3", "2 creation", "creation", Fraction(3, 2)),
        ("0.00000613", "GiB-second", "GiB-hour", Fraction(613 * 3600, 10**8)),
    ],
)
def test_a_price_is_turned_into_its_base_unit_exactly(
    amount: str, per: str, unit: str, price: Fraction
) -> None:
    assert Price(Decimal(amount), per).per_unit(unit) == price


@pytest.mark.parametrize(
    ("per", "unit", "message"),
    [
        (
            "GiB-hour",
            "vCPU-second",
            "a price per GiB-hour does not measure vCPU-second: give one per vCPU-second",
        ),
        ("enabling", "creation", "a price per enabling does not measure creation: give one per creation"),
        (
            "GiB-hour",
            "GiB-week",
            "unknown unit 'GiB-week': use one of vCPU-second, GiB-second, GiB-hour, enabling, creation",
        ),
    ],
)
def test_a_price_measures_only_its_own_kind(per: str, unit: str, message: str) -> None:
    with pytest.raises(UnitError) as refused:
        Price(Decimal(1), per).per_unit(unit)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    "per", ["GB-month", "GiB", "vCPU", "0 GiB-hour", "-1 GiB-hour", "1.5 GiB-hour", "GiB-hour ", ""]
)
def test_a_price_per_something_else_does_not_exist(per: str) -> None:
    with pytest.raises(UnitError):
        Price(Decimal(1), per)


@pytest.mark.parametrize(
    ("amount", "per", "share", "price"),
    [
        ("0.0021", "GiB-hour", Fraction(85, 100), Price(Decimal("0.001785"), "GiB-hour")),
        ("0.0021", "GiB-hour", Fraction(2, 3), Price(Decimal("0.0014"), "GiB-hour")),
        ("0.1", "GiB-hour", Fraction(2, 3), Price(Decimal("0.2"), "3 GiB-hour")),
        ("0.0320", "100 GiB-hour", Fraction(6, 7), Price(Decimal("0.192"), "700 GiB-hour")),
        ("1", "enabling", Fraction(0), Price(Decimal(0), "enabling")),
    ],
)
def test_a_share_of_a_price_is_exact_for_a_larger_quantity_if_need_be(
    amount: str, per: str, share: Fraction, price: Price
) -> None:
    assert Price(Decimal(amount), per).times(share) == price


@settings(max_examples=200)
@given(st.decimals(0, 1000, places=10), st.fractions(0, 1, max_denominator=10**6))
def test_a_share_of_a_price_costs_that_share(amount: Decimal, share: Fraction) -> None:
    price = Price(amount, "100 GiB-hour")
    assert price.times(share).per_unit("GiB-second") == price.per_unit("GiB-second") * share


@settings(max_examples=200)
@given(st.integers(-(10**18), 10**18))
def test_millionths_are_exact_and_reversible(micro: int) -> None:
    assert to_micro(from_micro(micro)) == micro
    assert Fraction(from_micro(micro)) == Fraction(micro, 10**6)


def test_finer_than_a_millionth_is_refused() -> None:
    with pytest.raises(ValueError, match="1E-7 is no number of at most 6 decimals"):
        to_micro(Decimal("0.0000001"))


def test_every_base_unit_can_be_priced() -> None:
    for unit in UNITS:
        assert Price(Decimal(7), unit).per_unit(unit) == 7
