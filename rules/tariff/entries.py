"""The entries of a tariff as values: prices, discounts, dated values, settlement rules, each sourced."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rules.money import SettlementRule, plain
from rules.period import date_label
from rules.source import Trust
from rules.tariff.regions import Regions
from rules.units import Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """When something holds, who says so, and where it is written.

    from_s, until_s: half-open, in epoch seconds, at full hours; until_s None: for good.
    source: the document that says so; page: its address; read: its edition, or when it was read.
    trust: how far to trust it; note: what remains to be said.
    tariff: the id of the tariff that has the entry; place: its file, line and number.
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
        """The day on which it begins to hold, 2021-07-01; an instant where it isn't midnight."""
        return date_label(self.from_s)

    @property
    def until_label(self) -> str | None:
        """The first day on which it no longer holds; None: it holds for good."""
        return None if self.until_s is None else date_label(self.until_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceEntry(Dated):
    """A rate's price in some regions: its own, or (`price` None) that of the rate `same_as`."""

    name: str
    where: Regions
    price: Price | None
    same_as: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount(Dated):
    """The share `off` that is taken off a rate's price; `label` is how the file writes it, 15% or 1/3."""

    name: str
    where: Regions
    off: Fraction
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedValue(Dated):
    """A number that charges depend on, such as included_ephemeral_gib; it holds in every region."""

    name: str
    value: Decimal

    @property
    def text(self) -> str:
        """The number as people write it."""
        return plain(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementEntry(Dated):
    """How a month's total becomes payable cents."""

    name: str
    rule: SettlementRule

    @property
    def text(self) -> str:
        """The rule's name."""
        return self.rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(Dated):
    """What a rate costs: `price`, with the discount taken off, and `list_price` as it is written down.

    region: the region or group that the price is written down for. same_as: the entry that says that the rate
    has the price of another; then source, trust and place are that price's. from_s, until_s: when price,
    `same_as` and discount hold together.
    """

    name: str
    region: str
    price: Price
    list_price: Price
    discount: Discount | None
    same_as: PriceEntry | None
