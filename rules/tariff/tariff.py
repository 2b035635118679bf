"""A tariff: which price and which dated value holds where and when."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import TypeVar

from rules.errors import TariffError
from rules.money import SettlementRule, plain
from rules.period import date_label
from rules.tariff.entries import Dated, DatedValue, Discount, PriceEntry, Rate, SettlementEntry
from rules.tariff.regions import Regions, region
from rules.units import Price

_ORIGIN = ("source", "page", "read", "trust", "note", "tariff", "place")

E = TypeVar("E", bound=Dated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """The entries of one tariff file, and the groups of regions that it gives names to."""

    tariff: str
    groups: Mapping[str, Regions] = field(compare=False)
    prices: tuple[PriceEntry, ...]
    discounts: tuple[Discount, ...]
    values: tuple[DatedValue, ...]
    settlements: tuple[SettlementEntry, ...]

    def entries(self) -> tuple[Dated, ...]:
        """All entries, of every kind."""
        return (*self.prices, *self.discounts, *self.values, *self.settlements)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """The price list of one currency, as layers: the tariff's own file, then its base, then that one's.

    The first layer that has an entry for the place and moment decides. Inside a layer an entry of exactly the
    region beats one of a group, and both beat `same_as`. A discount applies to the prices of its own file and
    of those below; the first layer that has one decides, so discounts are never compounded. A rate that is
    the same as another has its list price, without its discount. What no layer has does not exist; it is
    never zero.
    """

    id: str
    title: str
    currency: str
    zone: str
    layers: tuple[Layer, ...]
    _edges: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _found: dict[tuple[str, str, int], Rate | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        edges = {edge for entry in self.entries for edge in (entry.from_s, entry.until_s) if edge is not None}
        object.__setattr__(self, "_edges", tuple(sorted(edges)))
        object.__setattr__(self, "_found", {})

    @property
    def entries(self) -> tuple[Dated, ...]:
        """All entries of all layers, the tariff's own first."""
        return tuple(entry for layer in self.layers for entry in layer.entries())

    @property
    def digest(self) -> str:
        """`sha256:…` over every entry of every layer, wherever and in whatever order they are written."""
        import json
        from hashlib import sha256

        layers = [
            sorted(json.dumps(_canonical(entry), sort_keys=True) for entry in layer.entries())
            for layer in self.layers
        ]
        return "sha256:" + sha256(json.dumps([self.currency, self.zone, layers]).encode()).hexdigest()

    def rate(self, name: str, region_id: str, at_s: int) -> Rate | None:
        """The price of a rate in a region at an instant (epoch seconds), or None where no layer has one."""
        key = (name, region_id, at_s)
        if key not in self._found:
            self._found[key] = self._rate_in(name, region(region_id), at_s)
        return self._found[key]

    def value(self, name: str, at_s: int) -> DatedValue | None:
        """The dated value of that name at an instant, or None where no layer has one."""
        return _first(
            entry
            for layer in self.layers
            for entry in layer.values
            if entry.name == name and entry.holds(at_s)
        )

    def settlement(self, at_s: int) -> SettlementRule:
        """How a total becomes payable cents at an instant; a TariffError where no layer says so."""
        found = self._settlement(at_s)
        if found is None:
            raise TariffError(
                f"tariff {self.id} has no settlement rule at {date_label(at_s)}",
                hint='add a [[values]] entry with value = "settlement"',
            )
        return found.rule

    def changes(self, from_s: int, until_s: int) -> tuple[int, ...]:
        """The instants strictly inside (from_s, until_s), in order, at which some entry begins or ends."""
        return self._edges[bisect_right(self._edges, from_s) : bisect_left(self._edges, until_s)]

    def missing_reason(self, name: str, region_id: str, at_s: int) -> str:
        """Why a quantity has no price."""
        return f"no rate {name} for region {region_id} from {date_label(at_s)}"

    def missing_value_reason(self, name: str, at_s: int) -> str:
        """Why a quantity is not known."""
        return f"no value {name} from {date_label(at_s)}"

    def rows(self) -> tuple[Rate, ...]:
        """Every price that can come out, by rate, regions and time, each with the period in which it does.

        A price that another layer replaces for a while appears once before and once after it; one that is
        replaced for good and from the start does not appear. A discount of one region appears as a row of
        that region.
        """
        names = dict.fromkeys(price.name for layer in reversed(self.layers) for price in layer.prices)
        return tuple(
            row
            for name in names
            for where in self._places(name)
            for row in self._segments(partial(self._row_at, name, where))
        )

    def value_rows(self) -> tuple[DatedValue | SettlementEntry, ...]:
        """Every dated value and settlement rule that can come out, by name and time, each with its period."""
        names = dict.fromkeys(entry.name for layer in reversed(self.layers) for entry in layer.values)
        values = (row for name in names for row in self._segments(partial(self.value, name)))
        return (*values, *self._segments(self._settlement))

    def _rate_in(self, name: str, where: Regions, at_s: int) -> Rate | None:
        """The price that holds in all of these regions."""
        for depth, layer in enumerate(self.layers):
            entry = _most_exact(layer.prices, name, where, at_s)
            if entry is None:
                continue
            if entry.price is not None:
                return self._quoted(entry, entry.price, None, where, depth, at_s)
            if (found := self._own_price(entry.same_as, where, at_s)) is not None:
                target, price, depth = found
                return self._quoted(target, price, entry, where, depth, at_s)
        return None

    def _own_price(self, name: str | None, where: Regions, at_s: int) -> tuple[PriceEntry, Price, int] | None:
        """The entry of a rate that has a price of its own, that price, and the depth of its layer."""
        for depth, layer in enumerate(self.layers):
            entry = _most_exact(layer.prices, name, where, at_s)
            if entry is not None and entry.price is not None:
                return entry, entry.price, depth
        return None

    def _quoted(
        self, entry: PriceEntry, price: Price, alias: PriceEntry | None, where: Regions, depth: int, at_s: int
    ) -> Rate:
        name = entry.name if alias is None else alias.name
        discounts = (_most_exact(layer.discounts, name, where, at_s) for layer in self.layers[: depth + 1])
        discount = _first(found for found in discounts if found is not None)
        together: list[Dated] = [part for part in (entry, alias, discount) if part is not None]
        return Rate(
            name=name,
            region=entry.where.label,
            price=price if discount is None else price.times(1 - discount.off),
            list_price=price,
            discount=discount,
            same_as=alias,
            from_s=max(part.from_s for part in together),
            until_s=min((part.until_s for part in together if part.until_s is not None), default=None),
            **{part: getattr(entry, part) for part in _ORIGIN},
        )

    def _places(self, name: str) -> list[Regions]:
        """The groups, then the regions, that entries name for a rate, or for the one it is the same as."""
        prices = [price for layer in self.layers for price in layer.prices]
        priced = {name} | {price.same_as for price in prices if price.name == name}
        places = [price.where for price in prices if price.name in priced]
        places += [entry.where for layer in self.layers for entry in layer.discounts if entry.name == name]
        return sorted(dict.fromkeys(places), key=lambda where: (where.exact, where.label))

    def _row_at(self, name: str, where: Regions, at_s: int) -> Rate | None:
        """The price at an instant where it is written down for, or discounted in, just these regions."""
        found = self._rate_in(name, where, at_s)
        if found is None or found.region == where.label:
            return found
        discounted_here = found.discount is not None and found.discount.where == where
        return replace(found, region=where.label) if discounted_here else None

    def _settlement(self, at_s: int) -> SettlementEntry | None:
        return _first(entry for layer in self.layers for entry in layer.settlements if entry.holds(at_s))

    def _segments(self, found_at: Callable[[int], E | None]) -> Iterator[E]:
        """What a look-up gives, in the order of time, each with the period in which it gives it."""
        last: E | None = None
        begin_s = 0
        for edge in self._edges:
            found = found_at(edge)
            if found == last:
                continue
            if last is not None:
                yield replace(last, from_s=begin_s, until_s=edge)
            last, begin_s = found, edge
        if last is not None:
            yield replace(last, from_s=begin_s, until_s=None)


P = TypeVar("P", PriceEntry, Discount)


def _most_exact(entries: tuple[P, ...], name: str | None, where: Regions, at_s: int) -> P | None:
    """The entry of a layer that decides: one of just the region before one of a group, `same_as` last."""
    found = [
        entry for entry in entries if entry.name == name and entry.holds(at_s) and entry.where.covers(where)
    ]
    return min(found, key=_vagueness, default=None)


def _vagueness(entry: PriceEntry | Discount) -> tuple[bool, bool]:
    return isinstance(entry, PriceEntry) and entry.price is None, not entry.where.exact


def _first(entries: Iterator[E]) -> E | None:
    return next(entries, None)


def _canonical(entry: Dated) -> dict[str, object]:
    """An entry for the digest: everything but where it is written."""
    said = [part.name for part in fields(entry) if part.name not in ("tariff", "place")]
    return {"kind": type(entry).__name__} | {name: _json_value(getattr(entry, name)) for name in said}


def _json_value(value: object) -> object:
    match value:
        case Price(amount, per):
            return [plain(amount), per]
        case Regions(_, match, excluded):
            return [sorted(match), sorted(excluded)]
        case Decimal():
            return plain(value)
        case Fraction():
            return str(value)
    return value
