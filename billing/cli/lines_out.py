"""How a bill leaves the program for other programs: JSON, CSV or Parquet, to stdout or whole into a file."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from billing.csv_cells import harmless
from billing.errors import UsageError
from billing.whole_files import write_whole
from rules.money import plain

if TYPE_CHECKING:
    from billing.bill import Bill
    from billing.grouping import Group

Row = Mapping[str, Any]

DECIMAL_COLUMNS = {
    "quantity": "DECIMAL(38,6)",
    "estimated_quantity": "DECIMAL(38,6)",
    "rate": "DECIMAL(38,10)",
    "amount": "DECIMAL(38,10)",
    "estimated_amount": "DECIMAL(38,10)",
}
"""The Parquet types of the columns that are neither text nor flags."""


def check_output(format_: str, output: Path | None) -> None:
    """Refuse what can't be written, before anything is computed."""
    if output is None and format_ == "parquet":
        raise UsageError("Parquet is not for a terminal", place="--format", hint="name a file with --output")
    if output is not None and format_ == "table":
        raise UsageError(
            "a table is for the terminal", place="--output", hint="add --format csv, json or parquet"
        )
    if output is not None and not output.absolute().parent.is_dir():
        raise UsageError(
            "its folder does not exist", place=f"--output {output}", hint="make the folder first"
        )


def columns_of(by: str | None) -> list[str]:
    """The names of the columns of `rows`, which are there even where there are no rows."""
    from billing.bill import Line
    from billing.grouping import columns_of_grouping

    if by is None:
        return ["month", "line_id", *Line._fields, "currency"]
    return ["month", *columns_of_grouping(by), "amount", "estimated_amount", "currency"]


def rows(bill: Bill, groups: Sequence[Group] | None) -> Iterator[Row]:
    """The bill's lines as flat rows, or its groups where there is a grouping; decimals stay decimals."""
    if groups is None:
        for line in bill.lines:
            yield {"month": bill.month.label, **line.to_row(), "currency": bill.currency}
        return
    for group in groups:
        yield {
            "month": bill.month.label,
            **dict(zip(group.columns, group.key, strict=True)),
            "amount": group.amount,
            "estimated_amount": group.estimated_amount,
            "currency": bill.currency,
        }


def write_json(output: Path | None, answer: Mapping[str, Any]) -> None:
    """A JSON document; decimals must be text already."""
    _write(output, json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def write_text(output: Path | None, text: str) -> None:
    """Text as it is: Markdown or HTML."""
    _write(output, text)


def write_csv(output: Path | None, columns: Sequence[str], rows: Iterator[Row]) -> None:
    """Rows as CSV; text that a spreadsheet would run as a formula gets a leading apostrophe."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({column: _cell(value) for column, value in row.items()} for row in rows)
    _write(output, text.getvalue())


def write_parquet(output: Path, columns: Sequence[str], rows: Iterator[Row]) -> None:
    """Rows as Parquet, with exact decimals."""
    from billing.warehouse import write_rows

    flags = dict.fromkeys(("free", "estimated"), "BOOLEAN")
    types = {column: (DECIMAL_COLUMNS | flags).get(column, "VARCHAR") for column in columns}
    write_rows(output, types, rows)


def _write(output: Path | None, text: str) -> None:
    """To stdout, or into a file that is there whole or not at all."""
    if output is None:
        sys.stdout.write(text)
        return
    write_whole(output, text)


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return plain(value)
        case str():
            return harmless(value)
    return str(value)
