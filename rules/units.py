"""Units of quantities and prices per a quantity, kept as they are published and divided only once.

A quantity is counted in a base unit: vCPU-second, GiB-second, GiB-hour, enabling or creation. A price is per some quantity,
such as USD 0.05 per 100 GiB-hour or CNY 0.12 per GiB-month; a month of a price is 30 days, 720 hours, whatever the calendar says
(found: the provider's snapshot billing pages, both languages).
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rules.errors import RulesError

MICRO = 1_000_000
"""Sizes have at most six decimals, so a size times a million is an integer."""

BASE_UNITS = ("vCPU-second", "GiB-second", "GiB-hour", "enabling", "creation")

_SECONDS = {"second": 1, "hour": 3600, "month": 720 * 3600}
_PER = re.compile(r"(?:(?P<count>[1-9][0-9]*) )?(?P<thing>[A-Za-z]+)(?:-(?P<time>second|hour|month))?")


class UnitError(RulesError):
    """A unit that is unknown, or that a quantity can't be priced in."""


@dataclass(frozen=True, slots=True)
class Price:
    """An amount of money per a quantity, as published: `Price(Decimal("0.05"), "100 GiB-hour")`."""

    amount: Decimal
    per: str

    def __post_init__(self) -> None:
        """Refuse a unit that nobody could convert."""
        _parse(self.per)

    def per_unit(self, unit: str) -> Fraction:
        """The exact price of one base unit; UnitError where the price is per something else."""
        count, thing, seconds = _parse(self.per)
        _, wanted, wanted_seconds = _parse(unit)
        if thing != wanted or (seconds is None) != (wanted_seconds is None):
            raise UnitError(f"a price per {self.per} can't be charged per {unit}")
        price = Fraction(self.amount) / count
        return price if seconds is None or wanted_seconds is None else price * wanted_seconds / seconds


def _parse(per: str) -> tuple[int, str, int | None]:
    """How many of what thing, over how many seconds (None: not over time)."""
    match = _PER.fullmatch(per)
    if match is None or match["thing"] not in {"vCPU", "GiB", "enabling", "creation"}:
        raise UnitError(f"unknown unit {per!r}", hint="write for example '100 GiB-hour', 'GiB-month' or 'vCPU-second'")
    timed = match["thing"] in {"vCPU", "GiB"}
    if timed != (match["time"] is not None):
        raise UnitError(f"unit {per!r} {'needs a time' if timed else 'has no time'}", hint="such as 'GiB-hour'")
    return int(match["count"] or 1), match["thing"], _SECONDS[match["time"]] if match["time"] else None


def to_micro(value: Decimal) -> int:
    """A size in millionths; UnitError where it has more than six decimals."""
    scaled = value.scaleb(6)
    if scaled != scaled.to_integral_value():
        raise UnitError(f"{value} has more than 6 decimals")
    return int(scaled)


def from_micro(micro: int) -> Decimal:
    """The exact value of an integer number of millionths, without trailing zeros."""
    whole, rest = divmod(micro, MICRO)
    return Decimal(whole) if rest == 0 else Decimal(micro).scaleb(-6).normalize()
