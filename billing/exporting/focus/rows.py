"""One row of the export as a value: a line of a statement or a correction, with its prices and what is known of its cache."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from billing.books import Statement
from billing.exporting.focus.charges import SERVICES, Service
from rules.charges import Charge, charge
from rules.money import half_up, round_fraction, scaled
from rules.period import Month, epoch_s, parse_instant
from rules.tariff import Rate, Tariff
from rules.units import Price

QUANTITY_PLACES = 15
"""Decimals of a quantity in the unit that is priced: seconds as hours have no end."""

Place = tuple[str, str, str]
"""Account, region and cache."""


@dataclass(frozen=True, slots=True)
class Cache:
    """What is known of a cache beside its costs: its name, None where it has none, and its tags."""

    name: str | None
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """What the columns are filled from; `month` is that of the statement, `incurred` the one that usage is of.

    rate: None where the charge is free, or where the tariff of a correction is not at hand.
    """

    statement: Statement
    line: Mapping[str, Any]
    charge: Charge
    service: Service
    month: Month
    incurred: Month
    rate: Rate | None
    cache: Cache

    @property
    def correction(self) -> bool:
        """Whether a closed month is corrected."""
        return "corrects_month" in self.line

    @property
    def amount(self) -> Decimal:
        """What is charged, exactly."""
        return Decimal(self.line["amount"])

    @property
    def quantity(self) -> Decimal:
        """The quantity in the unit that is metered, exactly."""
        return Decimal(self.line["quantity"])

    @property
    def priced_quantity(self) -> Decimal:
        """The quantity in the unit that is priced, to QUANTITY_PLACES decimals."""
        units = Fraction(self.quantity) / self._units_per_price
        return scaled(half_up(units.numerator * 10**QUANTITY_PLACES, units.denominator), QUANTITY_PLACES)

    @property
    def list_price(self) -> Decimal:
        """The price before the tariff's discounts, for the unit that is priced."""
        price = self.rate
        if price is None or price.list_price.per != self.line["per"]:
            return Decimal(self.line["rate"])
        return price.list_price.amount

    @property
    def list_cost(self) -> Decimal:
        """What it would cost before the tariff's discounts: the amount itself where there are none."""
        if self.rate is None or self.rate.discount is None:
            return self.amount
        return round_fraction(self.rate.list_price.per_unit(self.line["unit"]) * Fraction(self.quantity))

    @property
    def from_s(self) -> int:
        """When the charged period begins."""
        found = self.line.get("period_from")
        return self.incurred.from_s if found is None else epoch_s(parse_instant(found))

    @property
    def until_s(self) -> int:
        """The end of the charged period, half-open."""
        found = self.line.get("period_until")
        return self.incurred.until_s if found is None else epoch_s(parse_instant(found))

    @property
    def _units_per_price(self) -> Fraction:
        """How many metered units make one that is priced."""
        return 1 / Price(Decimal(1), self.line["per"]).per_unit(self.line["unit"])


def rows(statement: Statement, month: Month, tariff: Tariff, caches: Mapping[Place, Cache]) -> Iterator[Row]:
    """The lines of a statement, then its corrections; a month's tariff gives the prices also of what it corrects."""
    for line in (*statement.document["lines"], *statement.document["corrections"]):
        declared = charge(line["charge"])
        incurred = Month(line.get("corrects_month", month.label))
        place = (line["account_id"], line["region"], line["cache_id"])
        yield Row(
            statement,
            line,
            declared,
            SERVICES[declared.id],
            month,
            incurred,
            _rate(tariff, declared, line, incurred),
            caches.get(place, Cache(None, {})),
        )


def _rate(tariff: Tariff, declared: Charge, line: Mapping[str, Any], incurred: Month) -> Rate | None:
    """The rate that a line was priced by; None where the charge is free, or another price stands there by now."""
    if declared.rate is None:
        return None
    at = line.get("period_from")
    found = tariff.rate(
        declared.rate, line["region"], incurred.from_s if at is None else epoch_s(parse_instant(at))
    )
    if found is None or found.price.amount != Decimal(line["rate"]) or found.price.per != line["per"]:
        return None
    return found
