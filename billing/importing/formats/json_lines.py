"""JSON Lines: one usage record a line, an object with the columns as keys.

Numbers and text are both taken for what they say: {"size_gib": 20} and {"size_gib": "20"} are the same record. null is no value.
A large file whose lines DuckDB reads without loss is left to it; all others are taken apart line by line.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from billing.importing.columns import KINDS, RecordKind
from billing.importing.csv_records import readable
from billing.importing.desk import Desk, Rows
from billing.importing.documents import Json, Number, TooDeep, decode, too_deep
from billing.importing.header import kind_of
from billing.importing.inputs import Input
from billing.importing.json_at_once import columns_at_once, relation_at_once
from billing.importing.line_texts import raw_lines
from billing.importing.reading import Listing, Options, Reading, Sample
from billing.importing.refusal import InputRefused
from billing.importing.rejection import MOST_ROW_BYTES, problem
from billing.importing.spool import Spool, SpooledRow, spool
from billing.importing.validation import Source

ALL_COLUMNS = {column.name: column for kind in KINDS for column in kind.columns}


@dataclass(frozen=True, slots=True)
class JsonLinesAtOnce:
    """JSON lines that DuckDB reads without loss; a row's number is its line."""

    kind: RecordKind
    input: Input
    columns: Sequence[str]
    merge: ClassVar[bool] = False
    listing: ClassVar[Listing | None] = None

    def load(self, desk: Desk, options: Options) -> Rows:
        """The rows by their places."""
        relation = relation_at_once(self.input, self.columns)
        source = Source(relation, dict.fromkeys(self.columns, "VARCHAR"))
        return desk.load(
            self.kind,
            source,
            options.fills,
            raw_texts=lambda numbers: raw_lines(desk, self.input, numbers),
        )


@dataclass(frozen=True, slots=True)
class JsonLinesReading:
    """JSON lines that were taken apart; each is an object or rejected."""

    kind: RecordKind
    rows: Spool
    merge: ClassVar[bool] = False
    listing: ClassVar[Listing | None] = None

    def load(self, desk: Desk, options: Options) -> Rows:
        """The rows by the keys that occur."""
        return desk.load(self.kind, self.rows.source(), options.fills, raw_texts=self.rows.raw_texts)


@dataclass(frozen=True, slots=True)
class JsonLinesFormat:
    """Objects with the columns of usage records as keys."""

    name: str = "jsonl"

    def recognises(self, sample: Sample) -> bool:
        """By a first line that is an object with at least one known column."""
        return (
            sample.by_line
            and isinstance(sample.document, dict)
            and not ALL_COLUMNS.keys().isdisjoint(sample.document)
        )

    def open(self, sample: Sample, options: Options) -> Reading:
        """All lines are looked at or taken apart; the keys of all of them together are the columns."""
        path, filled = sample.input.path, options.fills.keys()
        keys = columns_at_once(sample.input, ALL_COLUMNS.values())
        if keys is not None:
            return JsonLinesAtOnce(kind_of(keys, filled=filled, place=path), sample.input, keys)
        columns: dict[str, None] = {}
        file = sample.input.file.with_name(f"{sample.input.file.name}-lines")
        rows = spool(file, ALL_COLUMNS, _rows(sample.input, columns))
        kind = kind_of(list(columns), filled=filled, place=path)
        return JsonLinesReading(kind, replace(rows, columns=list(columns)))


def _rows(file: Input, columns: dict[str, None]) -> Iterator[SpooledRow]:
    """The lines that hold something, with their values as text; every key that occurs is put into `columns`."""
    with file.file.open(encoding="utf-8-sig", errors="surrogateescape", newline="\n") as source:
        number = 0
        while text := source.readline(MOST_ROW_BYTES + 1):
            number += 1
            raw = readable(text)
            if len(text) > MOST_ROW_BYTES:
                while text and not text.endswith("\n"):
                    text = source.readline(MOST_ROW_BYTES)
                yield SpooledRow(number, raw, None, problem("row_too_long"))
            elif text.strip():
                yield _row(number, raw, text, columns, file)


def _row(number: int, raw: str, text: str, columns: dict[str, None], file: Input) -> SpooledRow:
    try:
        text.encode()
        record = decode(text)
        if not isinstance(record, dict):
            return SpooledRow(number, raw, None, problem("bad_json"))
        columns.update(dict.fromkeys(record))
        _refuse_surplus(columns, f"{file.path}:{number}")
        return _values(number, raw, record)
    except UnicodeEncodeError:
        return SpooledRow(number, raw, None, problem("not_utf8"))
    except (TooDeep, RecursionError) as error:
        raise too_deep(f"{file.path}:{number}") from error
    except ValueError:
        return SpooledRow(number, raw, None, problem("bad_json"))


def _refuse_surplus(columns: dict[str, None], place: str) -> None:
    """More keys than there are columns can't all be known: don't collect them without end."""
    if len(columns) > len(ALL_COLUMNS):
        kind_of(list(columns), filled=(), place=place)
        raise InputRefused("the records have too many keys", place=place)


def _values(number: int, raw: str, record: dict[str, Json]) -> SpooledRow:
    values: dict[str, str | None] = {}
    for name, value in record.items():
        column = ALL_COLUMNS.get(name)
        if column is None:
            continue
        if column.type == "text" and isinstance(value, bool | dict | list):
            return SpooledRow(number, raw, None, problem("bad_text", column))
        values[name] = _text(value)
    return SpooledRow(number, raw, values)


def _text(value: Json) -> str | None:
    """The value as CSV would have it: arrays and objects as JSON text, numbers as they were written."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return str(value)
    return _json_text(value)


def _json_text(value: Json) -> str:
    """The JSON text of a decoded value, in which numbers are what they were."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_json_text(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json_text, value)) + "]"
    return str(value) if isinstance(value, Number) else json.dumps(value)


FORMAT = JsonLinesFormat()
