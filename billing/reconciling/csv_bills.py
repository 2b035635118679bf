"""Bills as CSV, in the encoding that their bytes have: UTF-8 with or without a mark, or GB18030.

Where a record is a line, DuckDB reads the file and a row's place is its line; where it isn't, or rows are broken, the records are
taken apart one by one, and the broken ones go to the quarantine.
"""

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from billing.importing.csv_records import Record, records
from billing.importing.inputs import CHUNK, Input
from billing.importing.refusal import InputRefused
from billing.reconciling.sources import BillSource, Quarantined, SpooledRow, csv_relation, spool

MOST_RAW = 2_000


def header_of(head: bytes) -> list[str]:
    """The fields of a CSV text's first row, in whichever encoding it is; none where there is no such row."""
    first = head.partition(b"\n")[0]
    try:
        text = first.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = first.decode("gb18030", "replace")
    found = next(records(_lines([text])), None)  # type: ignore[arg-type]
    fields = found.fields if found is not None and found.fields is not None else []
    names = [field.strip() for field in fields]
    while names and not names[-1]:
        names.pop()
    return names


def _lines(lines: Sequence[str]) -> Iterator[str]:
    return iter(lines)


def open_csv(
    input: Input,
    name: str,
    header: Sequence[str],
    columns: dict[str, str],
    staging: Path,
    *,
    focus: bool = False,
) -> BillSource:
    """A CSV bill ready for SQL, by places where records are lines."""
    if len(set(header)) < len(header) or "" in header:
        raise InputRefused(
            "the header names a column twice, or not at all", place=input.path, hint="export the bill again"
        )
    source = BillSource(
        input,
        name,
        csv_relation(input.file, header),
        columns,
        utc=focus,
        focus=focus,
        expected=input.lines - 1,
    )
    with input.file.open("rb") as file:
        first = file.readline()
    # DuckDB refuses columns that are no UTF-8, so that only a header that isn't has to be looked at beforehand.
    return source if _is_utf8(first) else in_utf8(source, header, staging)


def in_utf8(source: BillSource, header: Sequence[str], staging: Path) -> BillSource:
    """The same bill in UTF-8; the source itself where it is that already."""
    input = source.input
    file = _as_utf8(input, staging)
    if file == input.file:
        return source
    recoded = Input(input.path, file, input.sha256, input.size, input.lines, input.explicit)
    return replace(source, input=recoded, relation=csv_relation(file, header))


def one_by_one(source: BillSource, header: Sequence[str], staging: Path) -> BillSource:
    """The same bill taken apart record by record; what can't be is in its quarantine."""
    bad: list[Quarantined] = []
    file = staging / f"{source.input.file.name}-records.csv"
    relation = spool(_rows(source.input, header, bad), header, file)
    return BillSource(
        source.input, source.format, relation, source.columns, numbered="line", apart=True, utc=source.utc, focus=source.focus,
        quarantined=tuple(bad),
    )  # fmt: skip


def _rows(input: Input, header: Sequence[str], bad: list[Quarantined]) -> Iterator[SpooledRow]:
    with input.file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
        found = records(text)
        next(found, None)
        for record in found:
            fields = _fitting(record, len(header))
            if fields is None:
                code = record.fault or "field_count"
                bad.append(Quarantined(input.path, record.line, record.raw[:MOST_RAW], code))
            else:
                yield SpooledRow(record.line, dict(zip(header, fields, strict=True)))


def _fitting(record: Record, width: int) -> list[str] | None:
    """The record's fields where they are as many as the header's; empty ones beyond don't matter."""
    fields = record.fields
    if fields is None or any(fields[width:]) or len(fields) < width:
        return None
    return fields[:width]


def _as_utf8(input: Input, staging: Path) -> Path:
    """The file itself where it is UTF-8; else a copy in UTF-8, in which lines that are no GB18030 either stay as they are."""
    if _decodes(input.file, "utf-8"):
        return input.file
    with input.file.open("rb") as source:
        first = source.readline()
    if not first.isascii() and _is_utf8(first):
        return input.file
    copy = staging / f"{input.file.name}-utf8.csv"
    with input.file.open("rb") as source, copy.open("wb") as target:
        for line in source:
            target.write(_transcoded(line))
    return copy


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _transcoded(line: bytes) -> bytes:
    try:
        return line.decode("gb18030").encode()
    except UnicodeDecodeError:
        return line


def _decodes(file: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with file.open("rb") as source:
            while chunk := source.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
