"""Entries in the order of time, without overlaps, holes and doubtful regions: what a file must hold to."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

from rules.errors import TariffError
from rules.tariff.entries import Dated, DatedValue, Discount, PriceEntry, SettlementEntry
from rules.tariff.regions import EVERYWHERE, Regions

Named = PriceEntry | Discount | DatedValue | SettlementEntry
E = TypeVar("E", PriceEntry, Discount, DatedValue, SettlementEntry)


def in_order(entries: Iterable[E]) -> tuple[E, ...]:
    """The entries by what they are for and by time; overlaps are refused.

    An entry without `until` ends where the next one for the same begins.
    """
    ordered: list[E] = []
    for run in _runs(entries):
        for entry, later in pairwise(run):
            if later.from_s == entry.from_s or (entry.until_s is not None and later.from_s < entry.until_s):
                until = "" if entry.until_s is None else f" until {entry.until_label}"
                raise TariffError(
                    f"{_what(later)} from {later.from_label} overlaps that from {entry.from_label}{until}",
                    place=later.place,
                    hint=f"end one before the other begins; the other is {entry.place}",
                )
            ordered.append(replace(entry, until_s=later.from_s) if entry.until_s is None else entry)
        ordered.append(run[-1])
    return tuple(ordered)


def refuse_doubtful_regions(entries: Sequence[PriceEntry] | Sequence[Discount]) -> None:
    """Refuse two groups that could both decide a region at one moment; a single region beats both."""
    groups = [entry for entry in entries if not entry.where.exact and getattr(entry, "same_as", None) is None]
    for index, entry in enumerate(groups):
        for other in groups[:index]:
            same = other.name == entry.name and other.where != entry.where
            if same and _together(entry, other) and other.where.meets(entry.where):
                raise TariffError(
                    f"{_what(entry)} and in {_places(other.where)}: both name some region at the same time",
                    place=entry.place,
                    hint=f"take them out of one group with except; the other is {other.place}",
                )


def refuse_holes(entries: Sequence[E], below: Sequence[E]) -> None:
    """Refuse a time between two entries for the same in which nothing holds, here or in the layers below."""
    for run in _runs(entries):
        for entry, later in pairwise(run):
            if entry.until_s is None or _filled(entry, later.from_s, (*entries, *below)):
                continue
            raise TariffError(
                f"{_what(later)}: nothing holds from {entry.until_label} until {later.from_label}",
                place=later.place,
                hint=f"begin it earlier, or leave out the until of {entry.place}",
            )


def _runs(entries: Iterable[E]) -> list[list[E]]:
    """The entries for the same together, in the order of time."""
    runs: dict[Hashable, list[E]] = {}
    for entry in entries:
        runs.setdefault(_same(entry), []).append(entry)
    for run in runs.values():
        run.sort(key=_from_s)
    return list(runs.values())


def _same(entry: Named) -> Hashable:
    match entry:
        case PriceEntry(name=name, where=where, same_as=same_as):
            return name, where, same_as is None
        case Discount(name=name, where=where):
            return name, where
    return entry.name


def _what(entry: Named) -> str:
    match entry:
        case PriceEntry(name=name, where=where):
            return f"{name} in {_places(where)}"
        case Discount(name=name, where=where):
            return f"discount on {name} in {_places(where)}"
    return entry.name


def _places(where: Regions) -> str:
    return "all regions" if where == EVERYWHERE else where.label


def _filled(entry: Named, until_s: int, others: Iterable[Named]) -> bool:
    """Whether others, for at least what the entry is for, follow it without a hole until the instant."""
    following = sorted((other for other in others if _covers(other, entry)), key=_from_s)
    reached_s = entry.until_s
    for other in following:
        if reached_s is not None and other.from_s <= reached_s:
            reached_s = None if other.until_s is None else max(reached_s, other.until_s)
    return reached_s is None or reached_s >= until_s


def _covers(other: Named, entry: Named) -> bool:
    if isinstance(other, PriceEntry) and isinstance(entry, PriceEntry):
        return other.name == entry.name and other.where.covers(entry.where)
    return other.name == entry.name


def _together(entry: Dated, other: Dated) -> bool:
    """Whether there is a moment at which both hold."""
    return (other.until_s is None or entry.from_s < other.until_s) and (
        entry.until_s is None or other.from_s < entry.until_s
    )


def _from_s(entry: Dated) -> int:
    return entry.from_s
