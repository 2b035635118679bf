"""CSV with a header row, in UTF-8: quoted as in RFC 4180, lines ended by LF or CRLF, with or without a byte order mark.

Where a record is a line, DuckDB reads the file and a row's place is its line. Where it isn't (fields with line breaks, empty
lines, broken rows), the counts differ, and the records are taken apart one by one instead. Times of the usual form are read by
DuckDB's own parser, which takes words such as infinity, too: where one comes out of range, or fails, times are read as text.
Surplus empty fields at the end of a line, as spreadsheets write them, don't matter.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import ClassVar

from billing.importing.columns import RecordKind
from billing.importing.csv_records import Record, records
from billing.importing.desk import Desk, Rows
from billing.importing.header import kind_of
from billing.importing.inputs import Input
from billing.importing.line_texts import raw_lines
from billing.importing.reading import Listing, Options, Reading, Sample
from billing.importing.refusal import InputRefused
from billing.importing.rejection import MOST_ROW_BYTES, problem
from billing.importing.source_types import UTC_FORMAT, UTC_TIMESTAMP
from billing.importing.spool import SpooledRow, spool
from billing.importing.validation import Source
from billing.warehouse import UnreadableData, reading_files, text_literal

USUAL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
"""What UTC_FORMAT means: such times are quickest to read."""


@dataclass(frozen=True, slots=True)
class CsvReading:
    """A CSV file whose header is known; `utc_columns` have times in the usual form, as far as was looked."""

    input: Input
    columns: Sequence[str]
    kind: RecordKind
    utc_columns: Collection[str]
    merge: ClassVar[bool] = False
    listing: ClassVar[Listing | None] = None

    def load(self, desk: Desk, options: Options) -> Rows:
        """The rows by their places where these are lines, else taken apart one by one."""
        rows = self._by_places(desk, options, self.utc_columns) if self.utc_columns else None
        if rows is not None and desk.has_problem(rows, "time_out_of_range"):
            # DuckDB's own parser of times takes words such as infinity: the text says what is really wrong.
            desk.drop(rows)
            rows = None
        return rows or self._by_places(desk, options, ()) or self._one_by_one(desk, options)

    def _by_places(self, desk: Desk, options: Options, utc_columns: Collection[str]) -> Rows | None:
        """The rows, if they are as many as the lines; None where a record is not a line, or a time not as expected."""
        types = {name: UTC_TIMESTAMP if name in utc_columns else "VARCHAR" for name in self.columns}
        read_as = {name: "TIMESTAMP" if name in utc_columns else "VARCHAR" for name in self.columns}
        listed = ", ".join(f"{text_literal(name)}: '{type_}'" for name, type_ in read_as.items())
        relation = (
            f"read_csv({text_literal(str(self.input.file))}, header = true, auto_detect = false, nullstr = '',"
            f" delim = ',', quote = '\"', escape = '\"', max_line_size = {MOST_ROW_BYTES},"
            f" timestampformat = '{UTC_FORMAT}', columns = {{{listed}}})"
        )
        source = Source(relation, types, first=2, empty="gone")
        try:
            with reading_files():
                rows = desk.load(
                    self.kind,
                    source,
                    options.fills,
                    raw_texts=lambda numbers: raw_lines(desk, self.input, numbers),
                )
        except UnreadableData:
            return None
        if rows.count == self.input.lines - 1:
            return rows
        desk.drop(rows)
        return None

    def _one_by_one(self, desk: Desk, options: Options) -> Rows:
        """The rows with the lines on which their records begin."""
        spooled = spool(desk.new_file("records"), self.columns, self._records())
        return desk.load(self.kind, spooled.source(), options.fills, raw_texts=spooled.raw_texts)

    def _records(self) -> Iterator[SpooledRow]:
        """All records but the header."""
        found = _records_of(self.input)
        next(found, None)
        width = len(self.columns)
        for record in found:
            fields = record.fields
            if fields is not None and not any(fields[width:]):
                fields = fields[:width]
            if fields is not None and len(fields) == width:
                yield SpooledRow(record.line, record.raw, dict(zip(self.columns, fields, strict=True)))
            else:
                yield SpooledRow(record.line, record.raw, None, problem(record.fault or "field_count"))


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """Text that is no JSON: its first row says what it is."""

    name: str = "csv"

    def recognises(self, sample: Sample) -> bool:
        """All text that is no JSON; whether its columns are known is for opening to say."""
        return sample.is_text and not sample.is_json

    def open(self, sample: Sample, options: Options) -> Reading:
        """The header is read and checked."""
        path = sample.input.path
        header = next(_records_of(sample.input), None)
        if header is None or header.fields is None:
            raise InputRefused(
                "the header row can't be read", place=path, hint="the first row must name the columns"
            )
        columns = [name.strip() for name in header.fields]
        while columns and not columns[-1]:
            columns.pop()
        if "" in columns:
            raise InputRefused(
                "a column has no name", place=path, hint="every column of the first row needs a name"
            )
        kind = kind_of(columns, filled=options.fills.keys(), place=path)
        return CsvReading(sample.input, columns, kind, _utc_columns(sample, columns, kind))


def _utc_columns(sample: Sample, columns: Sequence[str], kind: RecordKind) -> Collection[str]:
    """The columns whose times all have the usual form in the first rows."""
    text = StringIO(sample.head.decode("utf-8-sig", "surrogateescape"), newline="")
    rows = [
        each.fields for each in records(text) if each.fields is not None and len(each.fields) == len(columns)
    ]
    found = []
    for place, name in enumerate(columns):
        times = [row[place] for row in rows[1:-1] if row[place]]
        if kind.by_name[name].type == "time" and times and all(map(USUAL_TIME.fullmatch, times)):
            found.append(name)
    return found


def _records_of(file: Input) -> Iterator[Record]:
    """The records of the file; a file whose lines end by carriage returns alone is read so."""
    newline = "\n" if file.lines > 1 else ""
    with file.file.open(encoding="utf-8-sig", errors="surrogateescape", newline=newline) as text:
        yield from records(text)


FORMAT = CsvFormat()
