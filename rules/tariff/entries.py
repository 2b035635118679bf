"""The entries of a tariff file as values: dated and sourced prices, values, settlement rules and discounts."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rules.money import SettlementRule
from rules.period import date_label
from rules.source import Trust
from rules.tariff.regions import Regions
from rules.units import Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """When something holds, who says so, and where it stands.

    from_s, until_s: half-open, in epoch seconds at full hours; until_s None: for good. source: the document; page: its address;
    read: which edition of it, or when it was read; trust: how far to trust it; note: what remains to be said; tariff: the id of the
    tariff that has the entry; place: its file, line and entry.
    """

    from_s: int
    until_s: int | None
    source: str
    page: str
    read: str
    trust: Trust
    note: str
    tariff: str
    place: str

    def holds(self, at_s: int) -> bool:
        """Whether the entry holds at an instant."""
        return self.from_s <= at_s and (self.until_s is None or at_s < self.until_s)

    @property
    def from_label(self) -> str:
        """The day it begins to hold, 2021-07-01; with its hour where that isn't midnight."""
        return date_label(self.from_s)

    @property
    def until_label(self) -> str | None:
        """The first day on which it no longer holds; None: for good."""
        return None if self.until_s is None else date_label(self.until_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceEntry(Dated):
    """A rate's price in some regions; without a price of its own it has that of the rate `same_as`."""

    name: str
    where: Regions
    price: Price | None
    same_as: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount(Dated):
    """The share that is taken off a rate's price in some regions; `label` is how the file writes it, such as 15% or 1/3."""

    name: str
    where: Regions
    off: Fraction
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedValue(Dated):
    """A number that charges refer to, such as included_ephemeral_gib."""

    name: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementEntry(Dated):
    """How a month's total becomes payable cents."""

    rule: SettlementRule
    name: str = "settlement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(Dated):
    """What a rate costs in a region: `price` with any discount taken off, `list_price` without.

    `region` is the region or group that the price is written down for; from_s and until_s are where price and discount hold together;
    source, trust and place are the price's own (the discount has its own), `same_as` the rate that it is taken from.
    """

    name: str
    region: str
    price: Price
    list_price: Price
    discount: Discount | None
    same_as: str | None
