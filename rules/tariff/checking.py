"""Entries in the order of time, without overlaps and holes: what one file must hold to, whatever its base says."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

from rules.errors import TariffError
from rules.period import date_label
from rules.tariff.entries import Dated, Discount, PriceEntry

E = TypeVar("E", bound=Dated)


def in_order(entries: Iterable[E], same: Callable[[E], Hashable], named: Callable[[E], str]) -> tuple[E, ...]:
    """The entries, each without an end of its own ending where the next of the same kind begins; overlaps are refused.

    Entries are of the same kind where `same` gives the same; `named` says in words what an entry is for.
    """
    runs: dict[Hashable, list[E]] = {}
    for entry in entries:
        runs.setdefault(same(entry), []).append(entry)
    ordered: list[E] = []
    for run in runs.values():
        run.sort(key=lambda entry: entry.from_s)
        for entry, later in pairwise(run):
            if later.from_s == entry.from_s or (entry.until_s is not None and later.from_s < entry.until_s):
                raise _overlap(entry, later, named)
            ordered.append(replace(entry, until_s=later.from_s) if entry.until_s is None else entry)
        ordered.append(run[-1])
    return tuple(ordered)


def refuse_shared_regions(entries: Sequence[PriceEntry | Discount]) -> None:
    """Refuse two groups that could both decide one region at one moment; a single region beats every group."""
    groups = [entry for entry in entries if not entry.where.exact and not (isinstance(entry, PriceEntry) and entry.same_as)]
    for index, entry in enumerate(groups):
        for other in groups[:index]:
            if (
                other.name == entry.name
                and other.where != entry.where
                and other.where.meets(entry.where)
                and _together(entry, other)
            ):
                raise TariffError(
                    f"{entry.name}: {entry.where.label} and {other.where.label} share regions at the same time",
                    place=entry.place,
                    hint=f"take them out of one group with except; the other entry is {_where_to_look(other)}",
                )


def refuse_holes(entries: Sequence[E], same: Callable[[E], Hashable], named: Callable[[E], str], all_: Sequence[E]) -> None:
    """Refuse a time between two entries of the same kind for which no entry of `all_` says anything."""
    runs: dict[Hashable, list[E]] = {}
    for entry in entries:
        runs.setdefault(same(entry), []).append(entry)
    for run in runs.values():
        for entry, later in pairwise(run):
            if entry.until_s is not None and entry.until_s < later.from_s and not _filled(entry, later.from_s, all_):
                raise TariffError(
                    f"{named(later)}: nothing holds from {entry.until_label} until {later.from_label}",
                    place=later.place,
                    hint=f"end the entry before it at {later.from_label}, or add one; it is {_where_to_look(entry)}",
                )


def _filled(entry: Dated, until_s: int, all_: Sequence[Dated]) -> bool:
    """Whether other entries that cover what this one covers follow it without a hole until the instant."""
    at_s = entry.until_s
    while at_s is not None and at_s < until_s:
        following = [other for other in all_ if other.holds(at_s) and _covers(other, entry)]
        if not following:
            return False
        ends = [other.until_s for other in following]
        at_s = None if None in ends else max(end for end in ends if end is not None)
    return True


def _covers(other: Dated, entry: Dated) -> bool:
    if isinstance(other, PriceEntry) and isinstance(entry, PriceEntry):
        return other.name == entry.name and other.where.covers(entry.where)
    return getattr(other, "name", None) == getattr(entry, "name", None)


def _together(entry: Dated, other: Dated) -> bool:
    """Whether there is a moment at which both hold."""
    return (other.until_s is None or entry.from_s < other.until_s) and (
        entry.until_s is None or other.from_s < entry.until_s
    )


def _overlap(entry: E, later: E, named: Callable[[E], str]) -> TariffError:
    until = "" if entry.until_s is None else f" until {date_label(entry.until_s)}"
    return TariffError(
        f"{named(later)} from {later.from_label} overlaps the entry from {entry.from_label}{until}",
        place=later.place,
        hint=f"end one before the other begins; the other is {_where_to_look(entry)}",
    )


def _where_to_look(entry: Dated) -> str:
    return entry.place
