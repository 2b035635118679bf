"""Which lines a report explains, and where on its page each number's explanation stands.

A month of a usual size is explained line by line. Of a large one, the lines are explained that the report shows or sums up to
what it shows: those of the caches that it names, and the dearest of each charge.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from billing.bill import Bill, Line
from billing.explaining.line import by_batch
from billing.explaining.source import MonthSource
from billing.explaining.summaries import LineSummary, summarize_lines
from billing.grouping import Group
from billing.store import Reader, Store

LINES_EXPLAINED = 300
"""Lines that a page explains at most: with them it stays below a megabyte."""

DEAREST = 5
"""Lines of each charge that are explained in any case."""

Place = tuple[str | None, ...]
"""Account, region and cache."""


@dataclass(frozen=True, slots=True)
class Explanations:
    """The explained lines by id, and the caches whose lines are all explained, in the order of the report's table."""

    lines: Mapping[str, LineSummary] = field(default_factory=dict)
    caches: tuple[Place, ...] = ()

    def total(self) -> str:
        """The anchor of the month's total; each method gives an anchor's id."""
        return "x-total"

    def charge(self, id: str) -> str:
        """Where a charge is explained."""
        return f"x-{id}"

    def cache(self, place: Place) -> str | None:
        """Where a cache is explained, None where it isn't."""
        return f"x-cache-{self.caches.index(place) + 1}" if place in self.caches else None

    def line(self, id: str) -> str | None:
        """Where a line is explained, None where it isn't."""
        return f"x-{id}" if id in self.lines else None

    def correction(self, each: Mapping[str, Any]) -> str:
        """Where a correction is explained."""
        return f"x-{each['line_id']}-{each['corrects_month']}-{each['class']}"


def explain_shown(store: Store, reader: Reader, bill: Bill, named: Sequence[Group]) -> Explanations:
    """The explanations of a bill's lines, of which the report names these caches."""
    lines, caches = chosen(bill, named)
    source = MonthSource(bill.month, reader, bill.tariff, bill.as_of, None)
    return Explanations(summarize_lines(source, lines, by_batch(store.batches())), caches)


def chosen(bill: Bill, named: Sequence[Group]) -> tuple[list[Line], tuple[Place, ...]]:
    """The lines to explain, in the bill's order, and the caches all of whose lines are among them."""
    of_cache: dict[Place, list[Line]] = {}
    of_charge: dict[str, list[Line]] = {}
    for line in bill.lines:
        of_cache.setdefault((line.account_id, line.region, line.cache_id), []).append(line)
        of_charge.setdefault(line.charge, []).append(line)
    ids: set[str] = set()
    for found in of_charge.values():
        ids |= {line.line_id for line in dearest(found)[:DEAREST]}
    caches: list[Place] = []
    for group in named:
        own = {line.line_id for line in of_cache.get(group.key, [])}
        if len(ids | own) > LINES_EXPLAINED:
            break
        ids |= own
        caches.append(group.key)
    if len(bill.lines) <= LINES_EXPLAINED:
        ids = {line.line_id for line in bill.lines}
    return [line for line in bill.lines if line.line_id in ids], tuple(caches)


def dearest(lines: Sequence[Line]) -> list[Line]:
    """The lines by amount, the largest first; ties in the order of account, region, cache, charge and period."""
    return sorted(
        lines,
        key=lambda line: (
            -abs(line.amount), line.account_id, line.region, line.cache_id, line.charge, line.period_from,
        ),
    )  # fmt: skip
