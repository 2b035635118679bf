"""Tariffs: dated, sourced prices and values, and how a price is found for a region and an instant.

A tariff is a stack of layers: a user's own tariff names a base and replaces or adds entries; where it says nothing, the base
speaks. Within a layer an entry for exactly the region beats one for a group of regions. An entry holds from its own date to the next
entry of the same rate and region, or to its `until`. What is not in any layer has no price: that is never zero.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import Any

from rules.errors import RulesError, TariffError
from rules.money import plain
from rules.period import instant, rfc3339
from rules.units import Price

SETTLEMENT = "settlement"
"""The dated value that names the settlement rule of a month's total."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """What every entry has: when it holds (epoch seconds, half-open; until None: still), where it comes from, its place in the file.

    `page` says which edition of the source page was read, `trust` how far the fact can be trusted.
    """

    from_s: int
    until_s: int | None
    source: str
    page: str
    trust: str
    tariff: str
    entry: str

    def holds(self, at_s: int) -> bool:
        """Whether the entry holds at the instant."""
        return self.from_s <= at_s and (self.until_s is None or at_s < self.until_s)

    @property
    def from_label(self) -> str:
        """Its first day, '2021-07-01', or its first instant where that isn't a midnight of the billing zone."""
        return date_label(self.from_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(Dated):
    """A price: `name` is the rate's, `region` a region or a group of them, `discounted` the list price before a discount."""

    name: str
    region: str
    price: Price
    discounted: Price | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias(Dated):
    """A rate that has the price of another rate."""

    name: str
    same_as: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount(Dated):
    """A percentage off the list price of some rates; `region` None means every region."""

    names: tuple[str, ...]
    region: str | None
    percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedValue(Dated):
    """A dated value: a number (`value`), or for the settlement a rule (`rule`)."""

    name: str
    value: Decimal
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class RegionGroup:
    """Regions by pattern: `match` may have one or more `*`, `excluded` regions don't belong."""

    match: str
    excluded: tuple[str, ...] = ()

    def __contains__(self, region: str) -> bool:
        """Whether the region belongs to the group."""
        return fnmatchcase(region, self.match) and region not in self.excluded


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """Dated prices and values in one currency; `base` is the tariff below, `file` where this one was read."""

    id: str
    title: str
    currency: str
    file: str
    base: "Tariff | None"
    regions: Mapping[str, RegionGroup]
    rates: tuple[Rate, ...]
    aliases: tuple[Alias, ...]
    discounts: tuple[Discount, ...]
    values: tuple[DatedValue, ...]
    content: Mapping[str, Any]

    def layers(self) -> "Iterator[Tariff]":
        """This tariff, then its base, and so on."""
        layer: Tariff | None = self
        while layer is not None:
            yield layer
            layer = layer.base

    @property
    def digest(self) -> str:
        """`sha256:` over the canonical content of all layers: equal for equal prices, whatever the files are called."""
        content = [layer.content for layer in self.layers()]
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":"))
        return "sha256:" + sha256(text.encode()).hexdigest()

    def rate(self, name: str, region: str, at_s: int) -> Rate | None:
        """The price of a rate in a region at an instant, discount included, or None where there is none."""
        for layer in self.layers():
            found = layer._own_rate(name, region, at_s)
            if found is None:
                alias = next((alias for alias in layer.aliases if alias.name == name and alias.holds(at_s)), None)
                if alias is not None and (priced := self._list_rate(alias.same_as, region, at_s)) is not None:
                    found = replace(priced, name=name)
            if found is not None:
                return self._discounted(found, region, at_s)
        return None

    def _list_rate(self, name: str, region: str, at_s: int) -> Rate | None:
        found = (layer._own_rate(name, region, at_s) for layer in self.layers())
        return next((rate for rate in found if rate is not None), None)

    def _own_rate(self, name: str, region: str, at_s: int) -> Rate | None:
        """This layer's price, for the region itself or else for the one group that has it."""
        holding = [rate for rate in self.rates if rate.name == name and rate.holds(at_s)]
        exact = [rate for rate in holding if rate.region == region]
        if exact:
            return exact[0]
        groups = [rate for rate in holding if (group := self.group(rate.region)) is not None and region in group]
        if len(groups) > 1:
            raise TariffError(
                f"rate {name} has two prices for region {region}: {groups[0].entry} and {groups[1].entry}",
                place=self.file,
                hint=f"add an entry for region {region} itself, or exclude it from one of the groups",
            )
        return groups[0] if groups else None

    def group(self, name: str) -> RegionGroup | None:
        """The group of regions of this name, from this layer or one below."""
        return next((layer.regions[name] for layer in self.layers() if name in layer.regions), None)

    def _discounted(self, rate: Rate, region: str, at_s: int) -> Rate:
        for layer in self.layers():
            for discount in layer.discounts:
                if rate.name in discount.names and discount.region in (None, region) and discount.holds(at_s):
                    price = Price(rate.price.amount * (100 - discount.percent) / 100, rate.price.per)
                    untils = [until for until in (rate.until_s, discount.until_s) if until is not None]
                    return replace(
                        rate,
                        price=price,
                        discounted=rate.price,
                        from_s=max(rate.from_s, discount.from_s),
                        until_s=min(untils, default=None),
                    )
        return rate

    def value(self, name: str, at_s: int) -> DatedValue | None:
        """The dated value of a name at an instant, or None where there is none."""
        found = (value for layer in self.layers() for value in layer.values if value.name == name and value.holds(at_s))
        return next(found, None)

    def settlement(self, at_s: int) -> str:
        """The settlement rule of a month that ends at the instant: 'cut' or 'half-up'."""
        found = self.value(SETTLEMENT, at_s)
        if found is None or found.rule is None:
            raise RulesError(f"no settlement rule from {date_label(at_s)}", place=self.file, hint="add one under [[values]]")
        return found.rule

    def changes(self, from_s: int, until_s: int) -> tuple[int, ...]:
        """All instants strictly inside (from_s, until_s) at which an entry of any layer begins or ends, sorted."""
        edges: set[int] = set()
        for layer in self.layers():
            entries: Sequence[Dated] = (*layer.rates, *layer.aliases, *layer.discounts, *layer.values)
            for entry in entries:
                edges |= {edge for edge in (entry.from_s, entry.until_s) if edge is not None and from_s < edge < until_s}
        return tuple(sorted(edges))

    def missing_reason(self, name: str, region: str, at_s: int) -> str:
        """The sentence for a quantity without a price."""
        return f"no rate {name} for region {region} from {date_label(at_s)}"

    def missing_value_reason(self, name: str, at_s: int) -> str:
        """The sentence for a quantity that needs a dated value that the tariff lacks."""
        return f"no value {name} from {date_label(at_s)}"

    def rows(self) -> list[dict[str, str]]:
        """Every entry of every layer as text, for people: what, price, per, where, when, source, trust and which tariff's."""
        return [row for layer in self.layers() for row in layer._own_rows()]

    def _own_rows(self) -> Iterator[dict[str, str]]:
        for rate in self.rates:
            yield _row(rate, rate.name, plain(rate.price.amount), rate.price.per, rate.region)
        for alias in self.aliases:
            yield _row(alias, alias.name, f"as {alias.same_as}", "", "")
        for discount in self.discounts:
            yield _row(discount, ", ".join(discount.names), f"-{plain(discount.percent)} %", "", discount.region or "")
        for value in self.values:
            yield _row(value, value.name, value.rule or plain(value.value), "", "")


def _row(entry: Dated, name: str, price: str, per: str, region: str) -> dict[str, str]:
    return {
        "name": name,
        "price": price,
        "per": per,
        "region": region,
        "from": entry.from_label,
        "until": "" if entry.until_s is None else date_label(entry.until_s),
        "source": entry.source,
        "page": entry.page,
        "trust": entry.trust,
        "tariff": entry.tariff,
    }


def date_label(at_s: int) -> str:
    """A date of the billing zone, or the instant in RFC 3339 where it isn't a midnight there."""
    text = rfc3339(instant(at_s))
    return text.removesuffix("T00:00:00+08:00")
