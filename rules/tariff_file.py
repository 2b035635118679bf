"""Reads tariff files: TOML with exact decimals, checked strictly, every refusal naming the file and the entry.

A file has `[tariff]` (id, title, currency, base), `[regions.NAME]` (match, except), and any number of `[[rates]]`, `[[aliases]]`,
`[[discounts]]` and `[[values]]`. A date is a day, which means its 00:00 in UTC+8, or an instant at a full hour.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from rules.charges import RATE_NAMES, VALUE_NAMES
from rules.errors import TariffError, nearest
from rules.money import SETTLEMENT_RULES
from rules.period import HOUR_S, ZONE, epoch_s
from rules.tariff import (
    SETTLEMENT,
    Alias,
    Dated,
    DatedValue,
    Discount,
    Rate,
    RegionGroup,
    Tariff,
    date_label,
)
from rules.units import Price, UnitError

TRUSTS = ("found", "mirror", "inferred", "own")
"""How far to trust an entry; `own` marks what a user supplied, such as a negotiated price."""

_DATED_KEYS = {"from", "until", "source", "page", "trust"}
_TABLES: dict[str, tuple[set[str], set[str]]] = {
    "rates": ({"rate", "price", "per", "region"}, set()),
    "aliases": ({"rate", "same_as"}, set()),
    "discounts": ({"rates", "percent"}, {"region"}),
    "values": ({"value"}, {"number", "rule"}),
}
"""The keys that each kind of entry must have, and those that it may have, besides the dated ones."""

E_ = TypeVar("E_", bound=Dated)


@cache
def shipped() -> tuple[str, ...]:
    """The names of the tariffs that come with the program."""
    return tuple(sorted(path.name.removesuffix(".toml") for path in _shipped_folder().iterdir() if path.name.endswith(".toml")))


def load(name: str, search: Sequence[Path] = ()) -> Tariff:
    """The tariff of a name, shipped or `NAME.toml` in one of the folders, or of a path that ends in `.toml`."""
    return _load(name, search, loading=())


def _load(name: str, search: Sequence[Path], loading: tuple[str, ...]) -> Tariff:
    if name in loading:
        raise TariffError(f"tariff {name!r} is its own base", place=" → ".join([*loading, name]), hint="name another base")
    if name in shipped():
        text = (_shipped_folder() / f"{name}.toml").read_text(encoding="utf-8")
        return _parse(text, f"{name}.toml", search, (*loading, name))
    paths = [Path(name)] if name.endswith(".toml") else [folder / f"{name}.toml" for folder in search]
    for path in paths:
        if path.is_file():
            return _parse(_read(path), str(path), [path.parent, *search], (*loading, name))
    known = [*shipped(), *sorted(path.stem for folder in search for path in folder.glob("*.toml"))]
    raise TariffError(f"there is no tariff {name!r}", place=str(paths[0]) if paths else None, hint=nearest(name, known))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TariffError(f"can't be read: {error}", place=str(path)) from None


def _shipped_folder() -> Any:
    return files("rules") / "tariffs"


def _parse(text: str, file: str, search: Sequence[Path], loading: tuple[str, ...]) -> Tariff:
    try:
        content = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise TariffError(f"is not TOML: {error}", place=file) from None
    _check_keys(content, {"tariff"}, {"regions", *_TABLES}, file)
    head = content["tariff"]
    _check_keys(head, {"id", "title", "currency"}, {"base"}, f"{file} [tariff]")
    base = None if "base" not in head else _load(head["base"], search, loading)
    if base is not None and base.currency != head["currency"]:
        raise TariffError(
            f"is in {head['currency']}, its base {base.id} in {base.currency}", place=f"{file} [tariff]", hint="use one currency"
        )
    reader = _Reader(file, head["id"], content)
    tariff = Tariff(
        id=head["id"],
        title=head["title"],
        currency=head["currency"],
        file=file,
        base=base,
        regions=reader.regions(),
        rates=(),
        aliases=tuple(_in_order(reader.aliases(), lambda alias: alias.name, file)),
        discounts=_checked_discounts(tuple(reader.discounts()), file),
        values=tuple(_in_order(reader.values(), lambda value: value.name, file)),
        content=content,
    )
    for rate in reader.rates():
        if tariff.group(rate.region) is None and "-" not in rate.region:
            raise TariffError(f"unknown region group {rate.region!r}", place=rate.entry, hint="declare it under [regions]")
    allow_gap = base is not None
    rates = _in_order(reader.rates(), lambda rate: (rate.name, rate.region), file, allow_gap=allow_gap)
    return replace(tariff, rates=tuple(rates))


class _Reader:
    """Turns the tables of one file into entries."""

    def __init__(self, file: str, tariff: str, content: Mapping[str, Any]) -> None:
        self._file = file
        self._tariff = tariff
        self._content = content

    def regions(self) -> dict[str, RegionGroup]:
        """The groups of regions."""
        groups = {}
        for name, table in self._content.get("regions", {}).items():
            _check_keys(table, {"match"}, {"except"}, f"{self._file} [regions.{name}]")
            groups[name] = RegionGroup(table["match"], tuple(table.get("except", ())))
        return groups

    def rates(self) -> Iterable[Rate]:
        """The prices."""
        for place, table, dated in self._entries("rates"):
            _check_name("rate", table["rate"], RATE_NAMES, place)
            amount = _decimal(table["price"], "price", place)
            try:
                price = Price(amount, str(table["per"]))
            except UnitError as error:
                raise TariffError(str(error), place=place) from None
            yield Rate(name=table["rate"], region=str(table["region"]), price=price, **dated)

    def aliases(self) -> Iterable[Alias]:
        """The rates that follow another one."""
        for place, table, dated in self._entries("aliases"):
            for key in ("rate", "same_as"):
                _check_name("rate", table[key], RATE_NAMES, place)
            yield Alias(name=table["rate"], same_as=table["same_as"], **dated)

    def discounts(self) -> Iterable[Discount]:
        """The discounts."""
        for place, table, dated in self._entries("discounts"):
            names = RATE_NAMES if table["rates"] == "*" else tuple(table["rates"])
            for name in names:
                _check_name("rate", name, RATE_NAMES, place)
            percent = _decimal(table["percent"], "percent", place)
            if percent > 100:
                raise TariffError(f"a discount of {percent} % is more than everything", place=place, hint="write 0 to 100")
            yield Discount(names=names, region=table.get("region"), percent=percent, **dated)

    def values(self) -> Iterable[DatedValue]:
        """The dated values."""
        for place, table, dated in self._entries("values"):
            _check_name("value", table["value"], (*VALUE_NAMES, SETTLEMENT), place)
            if table["value"] == SETTLEMENT:
                _check_name("settlement rule", table.get("rule", ""), SETTLEMENT_RULES, place)
                yield DatedValue(name=SETTLEMENT, value=Decimal(0), rule=table["rule"], **dated)
            elif "number" not in table:
                raise TariffError("has no number", place=place, hint='write number = "30", for example')
            else:
                yield DatedValue(name=table["value"], value=_decimal(table["number"], "number", place), **dated)

    def _entries(self, kind: str) -> Iterable[tuple[str, Mapping[str, Any], dict[str, Any]]]:
        """Each entry of a kind with its place and what every dated entry has."""
        required, optional = _TABLES[kind]
        for number, table in enumerate(self._content.get(kind, ()), start=1):
            name = next((str(table[key]) for key in ("rate", "value", "rates") if key in table), "")
            place = " ".join(filter(None, (f"{self._file} {kind} entry {number}", f"({name})" if name else "")))
            if not str(table.get("source", "")).strip():
                raise TariffError("has no source", place=place, hint='write source = "…": where the figure was read')
            _check_keys(table, required | {"from", "source"}, optional | _DATED_KEYS, place)
            trust = table.get("trust", "own")
            _check_name("trust", trust, TRUSTS, place)
            from_s = _instant_s(table["from"], place)
            until_s = None if "until" not in table else _instant_s(table["until"], place)
            if until_s is not None and until_s <= from_s:
                raise TariffError("ends before it begins", place=place, hint="until must be later than from")
            yield place, table, {
                "from_s": from_s,
                "until_s": until_s,
                "source": table["source"],
                "page": str(table.get("page", "")),
                "trust": trust,
                "tariff": self._tariff,
                "entry": place,
            }


def _in_order(entries: Iterable[E_], key: Any, file: str, *, allow_gap: bool = False) -> list[E_]:
    """The entries with their ends: each holds until the next of the same key. Overlaps and gaps are refused."""
    by_key: dict[Any, list[E_]] = {}
    for entry in entries:
        by_key.setdefault(key(entry), []).append(entry)
    ordered: list[E_] = []
    for same in by_key.values():
        same.sort(key=lambda entry: entry.from_s)
        for entry, following in pairwise(same):
            until_s = following.from_s if entry.until_s is None else entry.until_s
            if until_s > following.from_s or entry.from_s == following.from_s:
                raise TariffError(f"overlaps {entry.entry.removeprefix(file).strip()}", place=following.entry)
            if until_s < following.from_s and not allow_gap:
                raise TariffError(
                    f"leaves a gap from {date_label(until_s)} to {date_label(following.from_s)}",
                    place=entry.entry,
                    hint="let one entry begin where the other ends",
                )
            ordered.append(replace(entry, until_s=until_s))
        ordered.append(same[-1])
    return ordered


def _checked_discounts(discounts: tuple[Discount, ...], file: str) -> tuple[Discount, ...]:
    """The discounts, where no two hold for one rate and region at the same time."""
    for index, one in enumerate(discounts):
        for other in discounts[index + 1 :]:
            regions_meet = None in (one.region, other.region) or one.region == other.region
            times_meet = (one.until_s is None or other.from_s < one.until_s) and (
                other.until_s is None or one.from_s < other.until_s
            )
            if set(one.names) & set(other.names) and regions_meet and times_meet:
                raise TariffError(f"overlaps {one.entry.removeprefix(file).strip()}", place=other.entry)
    return discounts


def _check_keys(table: Mapping[str, Any], required: set[str], optional: set[str], place: str) -> None:
    for key in table:
        if key not in required | optional:
            raise TariffError(f"unknown key {key!r}", place=place, hint=nearest(key, sorted(required | optional)))
    for key in sorted(required):
        if key not in table:
            raise TariffError(f"has no {key!r}", place=place, hint=f"add {key} = …")


def _check_name(kind: str, name: object, known: Sequence[str], place: str) -> None:
    if name not in known:
        raise TariffError(f"unknown {kind} {name!r}", place=place, hint=nearest(str(name), tuple(known)))


def _decimal(value: object, key: str, place: str) -> Decimal:
    """A decimal, written as text or as a TOML number; never negative, at most ten decimals."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise TariffError(f"{key} {value!r} is not a number", place=place, hint='write price = "0.05"') from None
    if not number.is_finite() or number < 0:
        raise TariffError(f"{key} {value!r} is not a number of at least 0", place=place)
    if -int(number.as_tuple().exponent) > 10:
        raise TariffError(f"{key} {value!r} has more than 10 decimals", place=place)
    return number


def _instant_s(value: object, place: str) -> int:
    """A day (its 00:00 in UTC+8) or an instant with an offset, at a full hour of the billing zone."""
    try:
        if isinstance(value, date) and not isinstance(value, datetime):
            value = value.isoformat()
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise TariffError(f"{value!r} is not a date", place=place, hint="write 2026-10-01") from None
    at_s = epoch_s(at if at.tzinfo is not None else _midnight(at, place))
    if at_s % HOUR_S or at.microsecond:
        raise TariffError(f"{value} is not a full hour", place=place, hint="prices change at full hours of UTC+8")
    return at_s


def _midnight(at: datetime, place: str) -> datetime:
    if (at.hour, at.minute, at.second) != (0, 0, 0):
        raise TariffError(f"{at} has no zone", place=place, hint="add an offset such as +08:00")
    return at.replace(tzinfo=ZONE)
