"""Money: the one place that rounds amounts, cuts totals to payable cents and splits amounts into parts.

Amounts are exact to ten decimals (the provider's unit prices carry up to ten: mirror). Nothing here is a binary float.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from rules.errors import RulesError

AMOUNT_PLACES = 10
_SCALE = 10**AMOUNT_PLACES
_CENT = Decimal("0.01")

SETTLEMENT_RULES = ("cut", "half-up")
"""How a month's total becomes payable: cut to two decimals (from 2024-04-01), or rounded half up (before)."""


def round_amount(numerator: int, denominator: int) -> Decimal:
    """`numerator / denominator` rounded half up, away from zero on ties, at the tenth decimal."""
    scaled = (abs(numerator) * _SCALE * 2 + denominator) // (denominator * 2)
    return _from_scaled(scaled if numerator >= 0 else -scaled)


def _from_scaled(scaled: int) -> Decimal:
    return Decimal((scaled < 0, tuple(map(int, str(abs(scaled)))), -AMOUNT_PLACES))


def plain(value: Decimal) -> str:
    """A decimal as text without an exponent and without trailing zeros: '0.0126', '21600', '0'."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def spread(total: Decimal, weights: Sequence[int], ids: Sequence[str], *, places: int = AMOUNT_PLACES) -> list[Decimal]:
    """`total` split in proportion to the weights, in steps of 10**-places, so that the parts sum to it exactly.

    Each part is floored and the steps that are left go to the largest remainders, ties by id. A negative total is split like its
    positive and negated. All weights zero: everything goes to the first id. No weights: an empty list.
    """
    scaled = abs(total).scaleb(places)
    steps = int(scaled)
    if scaled != steps:
        raise RulesError(f"{total} has more than {places} decimals and can't be split in such steps")
    if not weights:
        return []
    whole = sum(weights)
    shares = [Fraction(steps * weight, whole) if whole else Fraction(0) for weight in weights]
    floors = [share.numerator // share.denominator for share in shares]
    by_remainder = sorted(range(len(weights)), key=lambda i: (floors[i] - shares[i], ids[i]))
    left = steps - sum(floors)
    for index in by_remainder[:left] if whole else by_remainder[:1]:
        floors[index] += 1 if whole else left
    sign = -1 if total < 0 else 1
    with localcontext(prec=60):
        return [Decimal(sign * floor).scaleb(-places) for floor in floors]


@dataclass(frozen=True, slots=True)
class Settlement:
    """A total made payable: `payable = total + adjustment`, with two decimals; `rule` is one of SETTLEMENT_RULES."""

    rule: str
    total: Decimal
    payable: Decimal

    @property
    def adjustment(self) -> Decimal:
        """The rounding adjustment: what the statement adds to the exact total (negative where something is waived)."""
        return self.payable - self.total


def settle(total: Decimal, rule: str) -> Settlement:
    """Make a month's total payable; a cut goes toward zero, for credits too."""
    if rule not in SETTLEMENT_RULES:
        raise RulesError(f"unknown settlement rule {rule!r}", hint=f"known are {', '.join(SETTLEMENT_RULES)}")
    rounding = ROUND_DOWN if rule == "cut" else ROUND_HALF_UP
    with localcontext(prec=60):
        return Settlement(rule, total, total.quantize(_CENT, rounding=rounding))
