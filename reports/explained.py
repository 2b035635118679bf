"""Which lines a report explains, and what its explanations need beside the bill: past statements, and what corrections lead from.

A month of a usual size is explained line by line. Of a large one, the lines are explained that the report shows or sums up to
what it shows: those of the caches that it names, and the dearest of each charge. `reports.explanations` writes the others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from billing.bill import Bill, Line, exact_sum
from billing.books import Statement
from billing.books.trail import read_trail
from billing.explaining.corrections import CorrectedLine, Corrections
from billing.explaining.finding import keys_of_cache
from billing.explaining.line import by_batch
from billing.explaining.source import MonthSource
from billing.explaining.summaries import LineSummary, summarize_lines
from billing.grouping import Group
from billing.store import Reader, Store
from rules.period import Month

LINES_EXPLAINED = 300
"""Lines that a page explains at most: with them it stays below a megabyte."""

DEAREST = 5
"""Lines of each charge that are explained in any case."""

CORRECTIONS_SHOWN = 40
"""Corrections that are shown, the largest first within their month; the others are one line for each month."""

Place = tuple[str | None, ...]
"""Account, region and cache."""


class StatedMonth(NamedTuple):
    """A closed month: the ids and digests of its statements, and what they make payable together."""

    statements: tuple[tuple[str, str], ...]
    payable: Decimal


@dataclass(frozen=True, slots=True)
class Explanations:
    """The explained lines by id; closed months by label; corrections by line id, month corrected and class."""

    lines: Mapping[str, LineSummary] = field(default_factory=dict)
    months: Mapping[str, StatedMonth] = field(default_factory=dict)
    corrected: Mapping[tuple[str, str, str], CorrectedLine] = field(default_factory=dict)


def explain_shown(
    store: Store,
    reader: Reader,
    bill: Bill,
    named: Sequence[Group],
    *,
    months: Iterable[Month] = (),
    statements: Sequence[Statement] = (),
    account: str | None = None,
) -> Explanations:
    """The explanations of a bill's lines, of which the report names these caches; of these months, and of these statements."""
    source = MonthSource(bill.month, reader, bill.tariff, bill.as_of, None)
    paths = by_batch(store.batches())
    trail = read_trail(store.ledger.entries())
    stated = {}
    for month in months:
        close = trail.close_of(month)
        if close is not None:
            heads = [
                head for head in store.ledger.heads(close.entry_id) if account in (None, head.account_id)
            ]
            payable = exact_sum(Decimal(head.payable) for head in heads)
            stated[month.label] = StatedMonth(tuple((head.id, head.sha256) for head in heads), payable)
    documents = shown_documents(statements)
    keys = {}
    for document in documents:
        subject = (document["account_id"], document["region"], document["cache_id"])
        if subject not in keys:
            for key in keys_of_cache(reader, subject[2], subject[0], subject[1]):
                keys[subject] = key
    corrections = Corrections(reader, store.ledger, trail, paths)
    corrected = corrections.of_statement(bill.month, documents, keys) if documents else {}
    return Explanations(summarize_lines(source, chosen(bill, named), paths), stated, corrected)


def shown_documents(statements: Iterable[Statement]) -> list[Mapping[str, Any]]:
    """The corrections on statements, of as many as are shown, with the others of the same line before them."""
    found = [each for statement in statements for each in statement.document["corrections"]]
    shown = {each["line_id"] for _, some, _ in shown_corrections(found) for each in some}
    return [each for each in found if each["line_id"] in shown]


def shown_corrections(
    corrections: Iterable[Mapping[str, Any]],
) -> Iterable[tuple[str, list[Mapping[str, Any]], list[Mapping[str, Any]]]]:
    """By month corrected, the largest corrections, which are shown, and the others."""
    by_month: dict[str, list[Mapping[str, Any]]] = {}
    for each in corrections:
        by_month.setdefault(each["corrects_month"], []).append(each)
    room = CORRECTIONS_SHOWN
    for label, found in sorted(by_month.items()):
        ordered = sorted(
            found, key=lambda each: (-abs(Decimal(each["amount"])), each["line_id"], each["class"])
        )
        shown, others = ordered[:room], ordered[room:]
        room -= len(shown)
        yield label, shown, others


def chosen(bill: Bill, named: Sequence[Group]) -> list[Line]:
    """The lines to explain, in the bill's order."""
    of_cache: dict[Place, list[Line]] = {}
    of_charge: dict[str, list[Line]] = {}
    for line in bill.lines:
        of_cache.setdefault((line.account_id, line.region, line.cache_id), []).append(line)
        of_charge.setdefault(line.charge, []).append(line)
    ids: set[str] = set()
    for found in of_charge.values():
        ids |= {line.line_id for line in dearest(found)[:DEAREST]}
    for group in named:
        own = {line.line_id for line in of_cache.get(group.key, [])}
        if len(ids | own) > LINES_EXPLAINED:
            break
        ids |= own
    if len(bill.lines) <= LINES_EXPLAINED:
        ids = {line.line_id for line in bill.lines}
    return [line for line in bill.lines if line.line_id in ids]


def dearest(lines: Sequence[Line]) -> list[Line]:
    """The lines by amount, the largest first; ties in the order of account, region, cache, charge and period."""
    return sorted(
        lines,
        key=lambda line: (
            -abs(line.amount), line.account_id, line.region, line.cache_id, line.charge, line.period_from,
        ),
    )  # fmt: skip
