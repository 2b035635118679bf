"""Reads a tariff file's head, groups of regions and entries; every refusal names file, line and entry.

A file has `[tariff]`, `[regions.NAME]`, and any number of `[[rates]]`, `[[values]]` and `[[discounts]]`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypedDict, cast

from rules.charges import RATE_UNITS, VALUE_NAMES
from rules.errors import TariffError, UnitError, suggestion
from rules.money import SETTLEMENT_RULES, SettlementRule
from rules.period import ZONE
from rules.source import TRUST, Trust
from rules.tariff.entries import DatedValue, Discount, PriceEntry, SettlementEntry
from rules.tariff.regions import EVERYWHERE, Regions, region
from rules.tariff.table import Table, parse
from rules.units import MICRO, Price

SETTLEMENT = "settlement"

_DATED_KEYS = ("from", "until", "source", "page", "read", "trust", "note")
_CURRENCY = re.compile(r"[A-Z]{3}")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_REGION = re.compile(r"[a-z]{2,3}(-[a-z0-9]+)+")
_PATTERN = re.compile(r"[a-z0-9-]+|[a-z0-9-]*\*")
_SHARE = re.compile(
    r"(?P<percent>\d{1,3})(\.(?P<decimals>\d{1,6}))?%|(?P<part>\d{1,6})/(?P<whole>[1-9]\d{0,5})", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffFile:
    """A file's head: title, currency and zone are None where the base's hold. `entries` reads the rest."""

    place: str
    id: str
    title: str | None
    currency: str | None
    base: str | None
    groups: Mapping[str, Regions]
    document: Mapping[str, Any]
    lines: Mapping[str, Sequence[int]]


class Origin(TypedDict):
    """What every entry says about itself: see Dated."""

    from_s: int
    until_s: int | None
    source: str
    page: str
    read: str
    trust: Trust
    note: str
    tariff: str
    place: str


def read_head(content: bytes, name: str) -> TariffFile:
    """The head and the groups of regions of a file called `name`."""
    document, lines = parse(content, name)
    whole = Table(document, name, ("tariff", "regions", "rates", "values", "discounts"))
    if "tariff" not in document:
        raise whole.error("[tariff] is missing", "begin the file with [tariff] and its id")
    head = Table(document["tariff"], f"{name}, [tariff]", ("id", "title", "currency", "zone", "base"))
    id = head.text("id")
    if not _NAME.fullmatch(id):
        raise head.error(f"id = {id!r} is no name", "write small letters, digits and . - _")
    currency, zone, base = (head.optional_text(key) for key in ("currency", "zone", "base"))
    if currency is None and base is None:
        currency = head.text("currency")
    if currency is not None and not _CURRENCY.fullmatch(currency):
        raise head.error(f"currency = {currency!r} is no currency", "write its three letters, such as CNY")
    if zone not in (None, ZONE):
        raise head.error(f"zone = {zone!r} is not supported", f"leave it out: the provider bills in {ZONE}")
    return TariffFile(
        place=name,
        id=id,
        title=head.optional_text("title"),
        currency=currency,
        base=base,
        groups=dict(_groups(document.get("regions", {}), name)),
        document=document,
        lines=lines,
    )


def _groups(content: object, name: str) -> Iterator[tuple[str, Regions]]:
    place = f"{name}, [regions"
    regions = content if isinstance(content, dict) else Table(content, f"{place}]", ()).content
    for label, group in regions.items():
        table = Table(group, f"{place}.{label}]", ("match", "except"))
        match, excluded = _patterns(table, "match"), _patterns(table, "except")
        if not match:
            raise table.missing("match")
        yield label, Regions(label, match, excluded)


def _patterns(table: Table, key: str) -> tuple[str, ...]:
    found = table.content.get(key, [])
    patterns = found if isinstance(found, list) else [found]
    for pattern in patterns:
        if not isinstance(pattern, str) or not _PATTERN.fullmatch(pattern):
            raise table.error(f"{key} = {pattern!r} is no region", "write a region, or a begin of some: cn-*")
    return tuple(patterns)


@dataclass(frozen=True, slots=True)
class Entries:
    """Reads a file's entries; `groups` are the groups of regions that it may name: its own and its base's."""

    file: TariffFile
    groups: Mapping[str, Regions]

    def prices(self) -> Iterator[PriceEntry]:
        """The entries of [[rates]]."""
        keys = ("rate", "region", "price", "per", "same_as")
        for table in self._tables("rates", keys):
            name = table.known("rate", tuple(RATE_UNITS))
            if "same_as" in table.content:
                for key in ("price", "per", "region"):
                    if key in table.content:
                        raise table.error(f"both same_as and {key}", f"leave out {key}, or same_as")
                same_as = table.known("same_as", [rate for rate in RATE_UNITS if rate != name])
                where, price = EVERYWHERE, None
                if RATE_UNITS[same_as] != RATE_UNITS[name]:
                    raise table.error(
                        f"same_as = {same_as!r} is in {RATE_UNITS[same_as]}, {name} in {RATE_UNITS[name]}",
                        "name a rate of the same unit",
                    )
            else:
                where, price, same_as = self._where(table), self._price(table, name), None
            yield PriceEntry(name=name, where=where, price=price, same_as=same_as, **self._origin(table))

    def values(self) -> Iterator[DatedValue | SettlementEntry]:
        """The entries of [[values]]."""
        for table in self._tables("values", ("value", "is")):
            name = table.known("value", (*VALUE_NAMES, SETTLEMENT))
            if name == SETTLEMENT:
                rule = cast(SettlementRule, table.known("is", SETTLEMENT_RULES, "settlement rule"))
                yield SettlementEntry(name=name, rule=rule, **self._origin(table))
                continue
            value = table.number("is")
            if Fraction(value) * MICRO % 1:
                raise table.error(f"is = {value} has more than 6 decimals", "write at most 6")
            yield DatedValue(name=name, value=value, **self._origin(table))

    def discounts(self) -> Iterator[Discount]:
        """The entries of [[discounts]], one for each rate that they name."""
        for table in self._tables("discounts", ("rate", "region", "off")):
            label = table.text("off")
            if (off := _share(label)) is None:
                raise table.error(f"off = {label!r} is no share from 0 to 1", 'write "15%" or "1/3"')
            where = self._where(table) if "region" in table.content else EVERYWHERE
            for name in self._discounted(table):
                yield Discount(name=name, where=where, off=off, label=label, **self._origin(table))

    def _tables(self, kind: str, keys: Sequence[str]) -> Iterator[Table]:
        content = self.file.document.get(kind, [])
        if not isinstance(content, list):
            raise TariffError(
                f"{kind} is no list of entries", place=self.file.place, hint=f"write [[{kind}]] above each"
            )
        lines = self.file.lines.get(kind, ())
        for index, entry in enumerate(content):
            line = f":{lines[index]}" if len(lines) == len(content) else ""
            place = f"{self.file.place}{line}, [[{kind}]] entry {index + 1}"
            yield Table(entry, place, (*keys, *_DATED_KEYS))

    def _where(self, table: Table) -> Regions:
        name = table.text("region")
        if name in self.groups:
            return self.groups[name]
        if name == EVERYWHERE.label:
            return EVERYWHERE
        if not _REGION.fullmatch(name):
            raise table.error(f"unknown region {name!r}", suggestion(name, [*self.groups, "cn-beijing", "*"]))
        return region(name)

    def _price(self, table: Table, name: str) -> Price:
        amount = table.number("price")
        if amount == 0 and not table.content.get("source"):
            raise table.error(
                "a price of zero without a source", 'add source = "…": who says that it is free'
            )
        try:
            price = Price(amount, table.text("per"))
            price.per_unit(RATE_UNITS[name])
        except UnitError as error:
            raise TariffError(error.message, place=table.place, hint=error.hint) from None
        return price

    def _discounted(self, table: Table) -> list[str]:
        found = table.content.get("rate")
        patterns = found if isinstance(found, list) and found else [table.text("rate")]
        names = list(RATE_UNITS)
        for pattern in patterns:
            if not isinstance(pattern, str) or not any(_named(pattern, name) for name in names):
                raise table.error(f"unknown rate {pattern!r}", suggestion(str(pattern), [*names, "*"]))
        return [name for name in names if any(_named(pattern, name) for pattern in patterns)]

    def _origin(self, table: Table) -> Origin:
        from_s, until_s = table.instant_s("from"), table.instant_s("until")
        if from_s is None:
            raise table.missing("from")
        if until_s is not None and until_s <= from_s:
            raise table.error(
                f"until = {table.content['until']} does not lie after from = {table.content['from']}",
                "let it end later, or leave out until",
            )
        return Origin(
            from_s=from_s,
            until_s=until_s,
            source=table.text("source"),
            page=table.optional_text("page") or "",
            read=table.text("read"),
            trust=cast(Trust, table.known("trust", TRUST)),
            note=table.optional_text("note") or "",
            tariff=self.file.id,
            place=table.place,
        )


def _named(pattern: str, name: str) -> bool:
    """Whether a rate is the one that a discount names, or begins as it says before a *."""
    return name == pattern or (pattern.endswith("*") and name.startswith(pattern[:-1]))


def _share(label: str) -> Fraction | None:
    """The share from 0 to 1 that a label such as 15%, 12.5% or 1/3 stands for, or None."""
    if (match := _SHARE.fullmatch(label)) is None:
        return None
    if match["percent"]:
        decimals = match["decimals"] or ""
        share = Fraction(int(match["percent"] + decimals), 100 * 10 ** len(decimals))
    else:
        share = Fraction(int(match["part"]), int(match["whole"]))
    return share if share <= 1 else None
