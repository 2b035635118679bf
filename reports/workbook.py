"""The report as an Excel workbook: numbers are numbers, totals are formulas over them, text never is one.

The only user of xlsxwriter. A fixed date of creation makes the same data give the same bytes. Excel keeps fifteen digits of a
number: the exact amounts are in the JSON document.
"""

import io
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from billing.bill import exact_sum
from billing.grouping import Group
from reports.breakdown import phase_amount
from reports.data import ReportData, largest
from reports.i18n import Formats, Words
from reports.names import clean
from reports.reconciliation.shown import FOLDER as BRIDGE
from reports.reconciliation.shown import sentence
from reports.sections import FOLDER
from reports.watched import watched_sheets
from rules.charges import charge
from rules.period import rfc3339

LONGEST_TEXT = 32_767
"""Characters that a cell holds."""

LONGEST_SHEET_NAME = 31

Cell = str | Decimal | int | None


class _Book:
    """A workbook with its few formats."""

    def __init__(self, data: ReportData, language: str) -> None:
        self.content = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book = xlsxwriter.Workbook(self.content, options)
        created = datetime.fromisoformat(rfc3339(data.bill.as_of)).replace(tzinfo=None, microsecond=0)
        self.book.set_properties({"title": f"{data.bill.month.label}", "created": created})
        self.head = self.book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.amount = self.book.add_format({"num_format": "#,##0.00########"})
        self.cents = self.book.add_format({"num_format": "#,##0.00", "bold": True})
        self.total = self.book.add_format({"num_format": "#,##0.00########", "bold": True, "top": 1})
        self.bold = self.book.add_format({"bold": True, "top": 1})

    def sheet(
        self,
        name: str,
        heads: Sequence[str],
        rows: Sequence[Sequence[Cell]],
        total: tuple[str, dict[int, Decimal]] | None = None,
    ) -> None:
        """A sheet with a head that stays, and below the rows, under a label, the sums of the columns that `total` names."""
        sheet = self.book.add_worksheet(name[:LONGEST_SHEET_NAME])
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, self.head)
            width = max([len(head), *(len(_shown(row[column])) for row in rows[:500])])
            sheet.set_column(column, column, min(60, width + 3))
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                self._write(sheet, number, column, cell)
        sheet.freeze_panes(1, 0)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(heads) - 1)
        if total is not None and rows:
            self._sum_up(sheet, len(rows), *total)

    def _write(self, sheet: Any, row: int, column: int, cell: Cell) -> None:
        if isinstance(cell, str):
            sheet.write_string(row, column, clean(cell)[:LONGEST_TEXT])
        elif cell is not None:
            sheet.write_number(row, column, cell, self.amount if isinstance(cell, Decimal) else None)

    def _sum_up(self, sheet: Any, rows: int, label: str, sums: dict[int, Decimal]) -> None:
        sheet.write_string(rows + 1, 0, label, self.bold)
        for column, value in sums.items():
            letter = chr(ord("A") + column)
            sheet.write_formula(rows + 1, column, f"=SUM({letter}2:{letter}{rows + 1})", self.total, value)

    def close(self) -> bytes:
        self.book.close()
        return self.content.getvalue()


def workbook(data: ReportData, language: str) -> bytes:
    """The workbook's bytes: a summary, each grouping, and all lines."""
    t = Words(language, FOLDER / "summary")
    f = Formats(language, currency=data.bill.currency, places=2)
    book = _Book(data, language)
    total_label = str(t("total") if data.bill.complete else t("total_incomplete"))
    _summary(book, data, t)
    _charges(book, data, language, t, f, total_label)
    _accounts(book, data, language, t, total_label)
    for name, groups, heads in (
        ("by_cache", largest(data.by_cache), ("account", "region", "cache")),
        ("by_region", list(data.by_region), ("region",)),
        ("by_day", list(data.by_day), ("day",)),
    ):
        words = Words(language, FOLDER / name)
        _grouping(book, str(words("title")), [str(words(head)) for head in heads], groups, t, total_label)
    tags = Words(language, FOLDER / "by_tag")
    for number, found in enumerate(data.by_tag, start=1):
        title = f"{tags('title')} {number}"
        _grouping(book, title, [clean(found.key)[:200]], list(found.groups), t, total_label)
    for sheet in watched_sheets(data, language):
        sums = {place: _sum(sheet.rows, place) for place in sheet.sums}
        book.sheet(sheet.title, sheet.heads, sheet.rows, (total_label, sums) if sums else None)
    _lines(book, data, t, total_label)
    _corrections(book, data, t)
    _differences(book, data, language)
    return book.close()


def _summary(book: _Book, data: ReportData, t: Words) -> None:
    settled = data.settled
    rows: list[tuple[Cell, ...]] = [
        (str(t("total_of_lines") if data.bill.complete else t("total_incomplete")), settled.total),
        (str(t("corrections_of_closed")), settled.corrections),
        (str(t("adjustment_" + settled.rule)), settled.adjustment),
        (str(t("payable")), settled.payable),
    ]
    book.sheet(str(t("title")), [data.bill.month.label, data.bill.currency], rows)


def _charges(book: _Book, data: ReportData, language: str, t: Words, f: Formats, total_label: str) -> None:
    words = Words(language, FOLDER / "by_charge")
    totals = data.bill.total_by_charge
    quantities: dict[str, Decimal] = dict.fromkeys(totals, Decimal(0))
    for line in data.bill.lines:
        quantities[line.charge] += line.quantity
    rows = [(f.charge(id), quantities[id], charge(id).unit, amount) for id, amount in totals.items()]
    heads = [str(t("charge")), str(t("quantity")), str(words("unit")), str(t("amount"))]
    book.sheet(str(words("title")), heads, rows, (total_label, {3: data.bill.total}))


def _accounts(book: _Book, data: ReportData, language: str, t: Words, total_label: str) -> None:
    words = Words(language, FOLDER / "by_account")
    accounts = data.settled.accounts
    rows = [
        (one.account_id, one.total, one.corrections, one.settlement.adjustment, one.settlement.payable)
        for one in accounts
    ]
    rule = str(t("adjustment_" + data.settled.rule))
    heads = [str(t("account")), str(t("total")), str(t("corrections_of_closed")), rule, str(t("payable"))]
    settled = data.settled
    sums = {1: settled.total, 2: settled.corrections, 3: settled.adjustment, 4: settled.payable}
    book.sheet(str(words("title")), heads, rows, (total_label, sums))


def _grouping(
    book: _Book, title: str, heads: list[str], groups: Sequence[Group], t: Words, total_label: str
) -> None:
    rows = [
        (*found.key, phase_amount(found, "creation"), phase_amount(found, "usage"), found.amount)
        for found in groups
    ]
    first = len(heads)
    sums = {first + index: _sum(rows, first + index) for index in range(3)}
    titles = [*heads, str(t("creation")), str(t("usage")), str(t("total"))]
    book.sheet(title, titles, rows, (total_label, sums))


def _lines(book: _Book, data: ReportData, t: Words, total_label: str) -> None:
    names = [
        "line_id", "charge", "account_id", "region", "cache_id", "creation_method", "quantity", "unit", "rate", "per", "amount",
    ]  # fmt: skip
    rows = [tuple(getattr(line, name) for name in names) for line in data.bill.lines]
    book.sheet(str(t("lines")), names, rows, (total_label, {10: data.bill.total}))


def _corrections(book: _Book, data: ReportData, t: Words) -> None:
    """The corrections of closed months; no sheet where there are none."""
    names = [
        "corrects_month", "class", "line_id", "charge", "account_id", "region", "cache_id", "quantity", "unit", "amount",
        "reason",
    ]  # fmt: skip
    rows = [
        [Decimal(each[name]) if name in ("quantity", "amount") else each[name] for name in names]
        for statement in data.statements
        for each in statement.document["corrections"]
    ]
    if rows:
        title = str(t("corrections_of_closed"))
        book.sheet(title, names, rows, (title, {9: data.settled.corrections}))


def _differences(book: _Book, data: ReportData, language: str) -> None:
    """The differences from the provider's bill; no sheet where none was given."""
    found = data.reconciliation
    if found is None:
        return
    names = ["class", "amount", "charge", "account_id", "region", "cache_id", "instance_id", "reason"]
    w = Words(language, BRIDGE)
    f = Formats(language, currency=found.currency, places=2)
    rows: list[tuple[Cell, ...]] = [
        (
            str(w("class_" + each.class_)), each.amount, each.charge, each.account_id, each.region, each.cache_id,
            each.instance_id, sentence(each.reason, w, f).striptags(),
        )
        for each in found.differences
    ]  # fmt: skip
    total = f"{w('class_due')} − {w('class_ours')}"
    book.sheet(str(w("title")), names, rows, (total, {1: found.difference}))


def _sum(rows: Sequence[Sequence[Any]], column: int) -> Decimal:
    return exact_sum(row[column] for row in rows if row[column] is not None)


def _shown(cell: Cell) -> str:
    return "" if cell is None else str(cell)
