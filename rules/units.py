"""Units of usage, and prices per quantity as exact fractions.

A price is kept as it stands on its page. USD 0.05 per 100 GiB-hour has no finite price per second, so nothing
is divided before an amount is rounded.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rules.errors import UnitError, suggestion
from rules.money import scaled, unscaled
from rules.period import HOUR_S, MONTH_HOURS

MICRO_PLACES = 6
MICRO = 1_000_000
"""Sizes are counted in millionths of a GiB or vCPU: usage records carry at most six decimals."""

UNITS = ("vCPU-second", "GiB-second", "GiB-hour", "enabling", "creation")
"""The base units that usage is metered in."""

_TIME_S = {"second": 1, "hour": HOUR_S, "month": MONTH_HOURS * HOUR_S}
_PER_UNITS = (*(f"{held}-{time}" for held in ("vCPU", "GiB") for time in _TIME_S), "enabling", "creation")
_PER = re.compile(r"(?:([1-9][0-9]*) )?([A-Za-z][A-Za-z-]*)")


@dataclass(frozen=True, slots=True)
class Price:
    """What a quantity costs: `amount` (>= 0), in the tariff's currency, for `per`: "100 GiB-hour",
    "enabling".

    A `per` that names no unit is a UnitError. A month is 720 hours.
    """

    amount: Decimal
    per: str

    def __post_init__(self) -> None:
        _parsed(self.per)

    def per_unit(self, unit: str) -> Fraction:
        """The price of one base unit, exactly; a UnitError where the two don't measure the same thing."""
        count, own = _parsed(self.per)
        held, seconds = _dimension(own)
        wanted, wanted_s = _dimension(unit)
        if held != wanted:
            raise UnitError(f"a price per {self.per} does not measure {unit}", hint=f"give one per {unit}")
        return Fraction(self.amount) * wanted_s / (count * seconds)

    def times(self, share: Fraction) -> "Price":
        """The price times a share (>= 0), exactly; where no decimal says it, for a larger quantity.

        Two thirds of 0.1 per GiB-hour are 0.2 per 3 GiB-hour.
        """
        amount = Fraction(self.amount) * share
        count = amount.denominator
        for prime in (2, 5):
            while count % prime == 0:
                count //= prime
        own_count, unit = _parsed(self.per)
        per = self.per if count == 1 else f"{own_count * count} {unit}"
        return Price(_terminating(amount * count), per)


def from_micro(micro: int) -> Decimal:
    """Millionths as the exact number, without trailing zeros."""
    return scaled(micro, MICRO_PLACES)


def to_micro(value: Decimal) -> int:
    """The number in millionths, exactly; a ValueError where it has more than six decimals."""
    return unscaled(value, MICRO_PLACES)


def _parsed(per: str) -> tuple[int, str]:
    """The count and the unit of a price's quantity: (100, "GiB-hour") for "100 GiB-hour"."""
    match = _PER.fullmatch(per)
    if match is None:
        raise UnitError(f"{per!r} is no quantity", hint='write a unit, or count and unit: "100 GiB-hour"')
    if match[2] not in _PER_UNITS:
        raise UnitError(f"unknown unit {match[2]!r}", hint=suggestion(match[2], _PER_UNITS))
    return int(match[1] or 1), match[2]


def _dimension(unit: str) -> tuple[str, int]:
    """What a unit measures, and for how many seconds (1 for an event)."""
    if unit not in _PER_UNITS:
        raise UnitError(f"unknown unit {unit!r}", hint=suggestion(unit, UNITS))
    held, _, time = unit.partition("-")
    return held, _TIME_S[time] if time else 1


def _terminating(value: Fraction) -> Decimal:
    """The decimal that the fraction is; its denominator divides a power of ten."""
    places, power = 0, 1
    while power % value.denominator:
        places, power = places + 1, power * 10
    return scaled(value.numerator * (power // value.denominator), places)
