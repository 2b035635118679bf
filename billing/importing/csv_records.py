"""Takes CSV text apart record by record, exactly: the line on which each begins, its raw text, its fields or what is wrong.

This is the slow, exact way, for files in which a record is not simply a line: fields with line breaks, empty lines, broken rows.
Quoting follows RFC 4180; blanks around quotes are ignored, as DuckDB does. One broken record costs one record: reading goes on
with the line after the one on which it began.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple, TextIO

from billing.importing.rejection import MOST_ROW_BYTES

MOST_ROW_LINES = 1000
"""No record has more lines: a quote that is never closed would swallow the whole file."""

QUOTED_APART = re.compile(r' +"')
FIELD = re.compile(r' *"((?:[^"]|"")*)" *(?=,|\Z)|((?! *")[^,]*)')
"""A field with blanks around its quotes, or one without quotes; neither where a quote is not closed properly."""


class Record(NamedTuple):
    """One record of a CSV file: `fields` or, where it can't be taken apart, the `fault`'s code."""

    line: int
    raw: str
    fields: list[str] | None
    fault: str | None = None


class _TooLong(Exception):
    """The record goes on for more lines or bytes than any record can."""


class _Lines:
    """The lines of a file as a CSV reader takes them, remembering those of the record at hand, able to take some back."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._returned: deque[str] = deque()
        self._taken: list[str] = []
        self._length = 0
        self.first = 1

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._file)
        self._taken.append(line)
        self._length += len(line)
        if len(self._taken) > MOST_ROW_LINES or self._length > MOST_ROW_BYTES:
            raise _TooLong
        return line

    def begin(self) -> None:
        """A new record begins behind what was taken."""
        self.first += len(self._taken)
        self._taken.clear()
        self._length = 0

    def only_first(self) -> str:
        """The first line of the record at hand; its other lines are given back."""
        self._returned.extendleft(reversed(self._taken[1:]))
        del self._taken[1:]
        return self._taken[0]

    def text(self) -> str:
        """The record at hand as it stands in the file."""
        return "".join(self._taken)


def records(file: TextIO) -> Iterator[Record]:
    """The records of a file opened with newline handling off and surrogateescape, the header among them; no empty lines."""
    csv.field_size_limit(MOST_ROW_BYTES)
    lines = _Lines(file)
    reader = csv.reader(lines, strict=True)
    while True:
        lines.begin()
        try:
            fields = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooLong):
            raw = lines.only_first()
            fields = _split(raw.rstrip("\r\n")) if '" ' in raw else []
            if not fields:
                fault = "row_too_long" if len(raw) > MOST_ROW_BYTES else "bad_quoting"
                yield Record(lines.first, readable(raw), None, fault)
                continue
        if not fields:
            continue
        raw = lines.text()
        if _has_escaped_bytes(raw):
            yield Record(lines.first, readable(raw), None, "not_utf8")
            continue
        if ' "' in raw and any(map(QUOTED_APART.match, fields)):
            fields = _split(raw.rstrip("\r\n"))
        yield Record(lines.first, readable(raw), fields or None, None if fields else "bad_quoting")


def _split(record: str) -> list[str]:
    """The fields of a record on one line in which blanks stand around quotes; none where it can't be split."""
    fields: list[str] = []
    position = 0
    while position <= len(record):
        found = FIELD.match(record, position)
        if found is None:
            return []
        inside, plain = found.groups()
        fields.append(plain if inside is None else inside.replace('""', '"'))
        position = found.end() + 1
    return fields


def _has_escaped_bytes(text: str) -> bool:
    """Whether the text came from bytes that are no UTF-8."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def readable(text: str) -> str:
    """The text without its line end, with a replacement character for every byte that is no UTF-8."""
    line = text.rstrip("\r\n")
    return line if line.isascii() else line.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
