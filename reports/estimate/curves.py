"""What a chart of a break-even shows: how far its axis goes, and each option's cost at both ends."""

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from billing.estimating.break_even import BreakEven
from billing.estimating.options import TITLES
from billing.estimating.question import Option
from rules.money import round_fraction


class Curve(NamedTuple):
    """One option's cost, a straight line from the axis's begin to its end."""

    option: Option
    title: str
    first: Decimal
    last: Decimal


class Curves(NamedTuple):
    """The options' costs over one variable, from `from_x` to `until_x`."""

    unit: str
    from_x: Decimal
    until_x: Decimal
    curves: tuple[Curve, ...]


def curves(found: BreakEven) -> Curves:
    """Up to the last crossing and half as far again, and at least to twice what was asked."""
    least = Fraction(found.variable.least)
    points = [each.at for each in found.crossings if each.at is not None]
    asked = [] if found.variable.asked is None else [found.variable.asked * 2]
    far = max([*(point * Fraction(3, 2) for point in points), *asked, least + 1])
    whole = Fraction(-(-far.numerator // far.denominator)) if found.variable.whole or far > 10 else far
    return Curves(
        found.variable.unit,
        _decimal(least),
        _decimal(whole),
        tuple(
            Curve(option, TITLES[option], _decimal(cost.at(least)), _decimal(cost.at(whole)))
            for option, cost in found.costs.items()
        ),
    )


def _decimal(value: Fraction) -> Decimal:
    return round_fraction(value)
