"""A tariff: which price and which dated value holds where and when."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from typing import Any, TypeVar

from rules.errors import TariffError
from rules.money import SettlementRule, plain
from rules.period import date_label
from rules.tariff.entries import Dated, DatedValue, Discount, PriceEntry, Rate, SettlementEntry
from rules.tariff.regions import Regions, region
from rules.units import Price

E = TypeVar("E", bound=Dated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """The entries of one tariff file, and the groups of regions that it gives names to."""

    tariff: str
    groups: Mapping[str, Regions]
    prices: tuple[PriceEntry, ...]
    discounts: tuple[Discount, ...]
    values: tuple[DatedValue, ...]
    settlements: tuple[SettlementEntry, ...]

    def entries(self) -> tuple[Dated, ...]:
        """All entries, of every kind."""
        return (*self.prices, *self.discounts, *self.values, *self.settlements)


@dataclass(frozen=True, kw_only=True)
class Tariff:
    """The price list of one currency: `layers` has the tariff's own file first, then its base, then the base's base.

    The first layer that has an entry for the place and moment decides; inside a layer an entry of exactly the region beats one of
    a group, and both beat `same_as`. A discount applies to the prices of its own file and of those below, and the first layer
    that has one decides: discounts are never compounded. What no layer has does not exist; it is never zero.
    """

    id: str
    title: str
    currency: str
    zone: str
    layers: tuple[Layer, ...]
    _found: dict[tuple[str, str, int], Rate | None] = field(default_factory=dict, repr=False, compare=False)

    @property
    def entries(self) -> tuple[Dated, ...]:
        """All entries of all layers, the tariff's own first."""
        return tuple(entry for layer in self.layers for entry in layer.entries())

    def rate(self, name: str, region_id: str, at_s: int) -> Rate | None:
        """The price of a rate in a region at an instant (epoch seconds), or None where no layer has one."""
        key = (name, region_id, at_s)
        if key not in self._found:
            self._found[key] = self.rate_in(name, region(region_id), at_s)
        return self._found[key]

    def rate_in(self, name: str, where: Regions, at_s: int) -> Rate | None:
        """The price that holds in all of these regions."""
        for depth, layer in enumerate(self.layers):
            own = [price for price in layer.prices if price.name == name and price.holds(at_s) and price.where.covers(where)]
            if not own:
                continue
            entry = min(own, key=lambda price: (price.same_as is not None, not price.where.exact))
            if entry.same_as is None:
                return self._priced(entry, None, where, depth, at_s)
            if (found := self._list_price(entry.same_as, where, at_s)) is not None:
                return self._priced(found[0], entry, where, found[1], at_s)
        return None

    def value(self, name: str, at_s: int) -> DatedValue | None:
        """The dated value of that name at an instant, or None where no layer has one."""
        return _first(entry for layer in self.layers for entry in layer.values if entry.name == name and entry.holds(at_s))

    def settlement(self, at_s: int) -> SettlementRule:
        """How a total becomes payable cents at an instant; a TariffError where no layer says so."""
        found = _first(entry for layer in self.layers for entry in layer.settlements if entry.holds(at_s))
        if found is None:
            raise TariffError(
                f"tariff {self.id} has no settlement rule at {date_label(at_s)}",
                hint='add a [[values]] entry with value = "settlement"',
            )
        return found.rule

    def changes(self, from_s: int, until_s: int) -> tuple[int, ...]:
        """The instants strictly inside (from_s, until_s), in order, at which some entry begins or ends to hold."""
        edges = self._edges
        return edges[bisect_right(edges, from_s) : bisect_left(edges, until_s)]

    def missing_reason(self, name: str, region_id: str, at_s: int) -> str:
        """Why a quantity has no price."""
        return f"no rate {name} for region {region_id} from {date_label(at_s)}"

    def missing_value_reason(self, name: str, at_s: int) -> str:
        """Why a quantity is not known."""
        return f"no value {name} from {date_label(at_s)}"

    @cached_property
    def digest(self) -> str:
        """`sha256:…` over every entry of every layer: the same for the same prices, wherever and in whatever order they stand."""
        import json

        layers = [sorted(json.dumps(_canonical(entry), sort_keys=True) for entry in layer.entries()) for layer in self.layers]
        content = json.dumps([self.currency, self.zone, layers])
        return "sha256:" + sha256(content.encode()).hexdigest()

    def rows(self) -> tuple[Rate, ...]:
        """Every price that can come out, by rate, regions and time, each with the period in which it does.

        A price that another layer replaces for a while appears once before and once after it.
        """
        names = dict.fromkeys(price.name for layer in reversed(self.layers) for price in layer.prices)
        return tuple(row for name in names for where in self._places(name) for row in self._rows_in(name, where))

    @cached_property
    def _edges(self) -> tuple[int, ...]:
        return tuple(sorted({edge for entry in self.entries for edge in (entry.from_s, entry.until_s) if edge is not None}))

    def _list_price(self, name: str, where: Regions, at_s: int) -> tuple[PriceEntry, int] | None:
        """The entry with a price of its own that holds there, and the depth of its layer."""
        for depth, layer in enumerate(self.layers):
            own = [
                price
                for price in layer.prices
                if price.name == name and price.same_as is None and price.holds(at_s) and price.where.covers(where)
            ]
            if own:
                return min(own, key=lambda price: not price.where.exact), depth
        return None

    def _priced(self, entry: PriceEntry, alias: PriceEntry | None, where: Regions, depth: int, at_s: int) -> Rate:
        assert entry.price is not None
        name = entry.name if alias is None else alias.name
        discount = self._discount(name, where, depth, at_s)
        together: list[Dated] = [part for part in (entry, alias, discount) if part is not None]
        untils = [part.until_s for part in together if part.until_s is not None]
        return Rate(
            name=name,
            region=entry.where.label,
            price=entry.price if discount is None else entry.price.times(1 - discount.off),
            list_price=entry.price,
            discount=discount,
            same_as=None if alias is None else alias.same_as,
            from_s=max(part.from_s for part in together),
            until_s=min(untils, default=None),
            **{name: getattr(entry, name) for name in ("source", "page", "read", "trust", "note", "tariff", "place")},
        )

    def _discount(self, name: str, where: Regions, depth: int, at_s: int) -> Discount | None:
        for layer in self.layers[: depth + 1]:
            own = [
                entry for entry in layer.discounts if entry.name == name and entry.holds(at_s) and entry.where.covers(where)
            ]
            if own:
                return min(own, key=lambda entry: not entry.where.exact)
        return None

    def _places(self, name: str) -> list[Regions]:
        """The regions and groups that some entry names for a rate, or for the rate that it is the same as."""
        aliases = {price.same_as for layer in self.layers for price in layer.prices if price.name == name and price.same_as}
        named: Iterator[PriceEntry | Discount] = (
            entry
            for layer in self.layers
            for entry in (*layer.prices, *layer.discounts)
            if entry.name == name or (entry.name in aliases and isinstance(entry, PriceEntry))
        )
        return sorted(dict.fromkeys(entry.where for entry in named), key=lambda where: (where.exact, where.label))

    def _rows_in(self, name: str, where: Regions) -> Iterator[Rate]:
        """The prices written down for these very regions, or discounted in them, in the order of time."""
        last: Rate | None = None
        begin_s = 0
        for edge in self._edges:
            found = self.rate_in(name, where, edge)
            if found is not None and not (
                found.region == where.label or (found.discount is not None and found.discount.where == where)
            ):
                found = None
            if found == last:
                continue
            if last is not None:
                yield replace(last, from_s=begin_s, until_s=edge)
            last, begin_s = found, edge
        if last is not None:
            yield replace(last, from_s=begin_s, until_s=None)


def _first(entries: Iterator[E]) -> E | None:
    return next(entries, None)


def _canonical(entry: Dated) -> dict[str, Any]:
    """An entry as JSON, without where it stands."""
    return {"kind": type(entry).__name__} | {
        part.name: _plain_value(getattr(entry, part.name)) for part in fields(entry) if part.name not in ("tariff", "place")
    }


def _plain_value(value: object) -> object:
    match value:
        case Price(amount, per):
            return [plain(amount), per]
        case Regions(_, match, excluded):
            return [match, excluded]
        case Decimal():
            return plain(value)
        case Fraction():
            return str(value)
    return value
