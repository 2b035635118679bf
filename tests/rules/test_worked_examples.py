"""Every charge against its worked examples, which were computed by hand from the provider's pages."""

from decimal import Decimal
from fractions import Fraction

import pytest

from rules.charges import CHARGES, charge
from rules.charges.worked import REGION, Example, Sum, examples, sums
from rules.money import plain, round_amount, settle
from rules.period import started_hours
from rules.tariff import load

EXAMPLES = examples()
SUMS = sums()


def counted(example: Example) -> int:
    """The units of time of an example, as its charge counts them."""
    match charge(example.charge).time:
        case "second":
            return example.until_s - example.from_s
        case "started_hour":
            return started_hours(example.from_s, example.until_s)
        case "event":
            return 1


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.charge}: {example.title}")
def test_a_charge_comes_to_what_was_computed_by_hand(example: Example) -> None:
    declared, tariff = charge(example.charge), load(example.tariff)
    names = declared.held.values()
    values = {
        name: found.value for name in names if (found := tariff.value(name, example.from_s)) is not None
    }
    held = declared.held.evaluate(example.columns, values)
    assert held == example.held
    quantity = held * counted(example)
    assert quantity == example.quantity
    if declared.rate is None:
        assert example.price is None
        assert example.amount == 0
        return
    rate = tariff.rate(declared.rate, REGION, example.from_s)
    assert rate is not None
    assert (rate.price.amount, rate.price.per) == (example.price, example.per)
    exact = Fraction(quantity) * rate.price.per_unit(declared.unit)
    assert round_amount(exact.numerator, exact.denominator) == example.amount


@pytest.mark.parametrize(
    ("example", "rule"),
    [(example, rule) for example in EXAMPLES for rule in ("cut", "half-up") if rule in example.payable],
    ids=lambda value: value if isinstance(value, str) else value.title,
)
def test_an_amount_is_paid_in_cents(example: Example, rule: str) -> None:
    settled = settle(example.amount, "cut" if rule == "cut" else "half-up")
    assert settled.payable == example.payable[rule]


@pytest.mark.parametrize("found", SUMS, ids=lambda found: found.title)
def test_charges_add_up_to_the_provider_s_example(found: Sum) -> None:
    assert sum((part.amount for part in found.parts), Decimal(0)) == found.amount


def test_every_charge_has_examples_and_every_example_its_own_title() -> None:
    assert {example.charge for example in EXAMPLES} == {declared.id for declared in CHARGES}
    assert len({(example.charge, example.title) for example in EXAMPLES}) == len(EXAMPLES)


def test_all_examples_of_the_provider_s_pages_are_there() -> None:
    """Section 6 of the billing model, by the exact amounts."""
    amounts = {plain(example.amount) for example in EXAMPLES} | {plain(found.amount) for found in SUMS}
    assert amounts >= {
        "0.0074386667",
        "0.004",
        "0.0114386667",
        "0.06",
        "0.006376",
        "0.6716666667",
        "0.1101388889",
        "1.0174382716",
        "0.05544",
        "0.013824",
        "0.00012252",
    }
