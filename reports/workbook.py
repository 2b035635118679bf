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
from reports.sections import FOLDER
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
    _lines(book, data, t, total_label)
    return book.close()


def _summary(book: _Book, data: ReportData, t: Words) -> None:
    settled = data.settled
    rows: list[tuple[Cell, ...]] = [
        (str(t("total_of_lines") if data.bill.complete else t("total_incomplete")), data.bill.total),
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
        (one.account_id, one.total, one.settlement.adjustment, one.settlement.payable) for one in accounts
    ]
    rule = str(t("adjustment_" + data.settled.rule))
    heads = [str(t("account")), str(t("total")), rule, str(t("payable"))]
    sums = {1: data.bill.total, 2: data.settled.adjustment, 3: data.settled.payable}
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


def _sum(rows: Sequence[Sequence[Any]], column: int) -> Decimal:
    return exact_sum(row[column] for row in rows)


def _shown(cell: Cell) -> str:
    return "" if cell is None else str(cell)
