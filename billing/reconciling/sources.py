"""What a format makes of a bill file: a relation of text columns under our names, and what its times mean.

A format is recognised by what a file holds, never by its name. A row's place is its line where `numbered` names a column that has
it, else its place in the relation, counted from `first`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from billing.importing.inputs import Input
from billing.importing.reading import Sample
from billing.importing.sql_text import quoted
from billing.warehouse import text_literal

UNREADABLE: Mapping[str, str] = {
    "field_count": "the row does not have as many fields as the header: quote fields that hold a comma",
    "bad_quoting": 'a quoted field is not closed properly: double quotes inside a field are written ""',
    "row_too_long": "the row is too long to be one record",
    "bad_answer": "the item is no object: keep the answer as the provider sent it",
    "missing_value": "the row has no amount: neither before nor after discounts",
    "bad_time": "the row's time or date can't be read: write it as 2026-10-01 00:00:00",
    "mojibake": "the row's text is garbled (read in a wrong encoding): export the bill again as UTF-8",
    "bad_number": "{column} is not a plain decimal number of at most 15 decimals",
}
"""Why a row of a bill can't be read: every code with its sentence in English; reports say it from their catalogues."""


class Quarantined(NamedTuple):
    """A row of a bill that can't be read: where it stands, what it says, why, and the file's column where it is about one."""

    path: str
    line: int
    raw: str
    code: str
    column: str = ""

    @property
    def message(self) -> str:
        """What is wrong and what to do, in English."""
        return UNREADABLE[self.code].format(column=self.column)

    def to_json(self) -> dict[str, object]:
        """The row with its fields' own names."""
        return {
            "path": self.path,
            "line": self.line,
            "raw": self.raw,
            "code": self.code,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class BillSource:
    """A bill file ready for SQL.

    `columns` gives for each of our names the column of `relation` that holds it, as text. `apart`: rows were taken apart outside
    SQL, and several may begin on one line. `utc`: times without a zone are
    UTC (FOCUS) and not the billing zone's. `expected` is the number of rows where the relation must have just so many for its
    places to be lines.
    """

    input: Input
    format: str
    relation: str
    columns: Mapping[str, str]
    first: int = 2
    numbered: str | None = None
    apart: bool = False
    utc: bool = False
    focus: bool = False
    expected: int | None = None
    quarantined: tuple[Quarantined, ...] = field(default=())


class BillFormat(Protocol):
    """One format of bills: a module of billing.reconciling.formats has one as FORMAT."""

    @property
    def name(self) -> str:
        """Its name for people."""
        ...

    def recognises(self, sample: Sample) -> bool:
        """Whether the file is of this format; of all formats, one at most says so."""
        ...

    def open(self, sample: Sample, staging: Path) -> BillSource:
        """The file ready for SQL; raises InputRefused where it is unreadable as a whole. May write files into `staging`."""
        ...


class SpooledRow(NamedTuple):
    """A row that was taken apart outside SQL, with the line on which it begins."""

    line: int
    values: Mapping[str, str]


def spool(rows: Iterable[SpooledRow], columns: Iterable[str], file: Path) -> str:
    """Rows written as CSV, their numbers in the column `row` and their lines in `line`, and the SQL that reads them.

    NUL characters are left out.
    """
    import csv

    names = ["row", "line", *columns]
    with file.open("w", newline="", encoding="utf-8", errors="replace") as target:
        writer = csv.writer(target, quoting=csv.QUOTE_ALL)
        writer.writerow(names)
        for number, row in enumerate(rows, start=1):
            values = (row.values.get(name, "").replace("\0", "") for name in names[2:])
            writer.writerow([number, row.line, *values])
    return csv_relation(file, names)


def csv_relation(file: Path, header: Iterable[str]) -> str:
    """The SQL that reads a CSV file with this header as text; empty and NULL cells are null."""
    listed = ", ".join(f"{text_literal(name)}: 'VARCHAR'" for name in header)
    return (
        f"read_csv({text_literal(str(file))}, header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"',"
        f" nullstr = ['', 'NULL', 'null'], columns = {{{listed}}})"
    )


def column_sql(source: BillSource, name: str) -> str:
    """The text of one of our columns in the source's relation; null where the source doesn't have it."""
    written = source.columns.get(name)
    return "cast(null as varchar)" if written is None else quoted(written)
