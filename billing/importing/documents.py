"""JSON documents with places: the documents of a file, and the records in one, each with the line on which it begins.

Numbers stay text, so that no digit is lost. Size and nesting are bounded; what is beyond is refused as a whole. A file holds one
document, an array of documents, or documents one after the other (JSON lines among them).
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from billing.importing.refusal import InputRefused

MOST_DOCUMENT_BYTES = 64 << 20
"""A larger document is refused, since decoding takes ten times its size: answers come in pages."""

BLANK = re.compile(r"[ \t\r\n]*")
HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")
"""Half of a character written as an escape; two of them may make a whole one."""


Json = Any
"""A decoded JSON value: dict, list, str (Number where it was one), bool or None."""


class Located(NamedTuple):
    """A value with the line on which it begins and its text."""

    line: int
    text: str
    value: Json


class Number(str):
    """A JSON number as it was written."""


class NotJson(Exception):
    """The text is not JSON at this offset."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class TooDeep(ValueError):
    """Brackets are nested deeper than the interpreter goes, a hundredfold of what records need."""


class DuplicateKey(ValueError):
    """An object has a key twice: either value could be meant."""


def _distinct(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DuplicateKey
    return found


_DECODER = json.JSONDecoder(
    parse_float=Number, parse_int=Number, parse_constant=Number, object_pairs_hook=_distinct
)


def decode(text: str) -> Json:
    """The one value that the text holds; raises TooDeep, or ValueError where it is not one JSON value."""
    try:
        value = _DECODER.decode(text)
    except RecursionError as error:
        raise TooDeep from error
    if not is_text(text):
        raise ValueError("half a character")
    return value


def is_text(text: str) -> bool:
    """Whether the strings of a JSON text are text: half a character, which an escape can write, is none."""
    if HALF_CHARACTER.search(text):
        try:
            json.dumps(json.loads(text), ensure_ascii=False).encode()
        except UnicodeEncodeError:
            return False
    return True


def documents(file: Path, *, path: str) -> Iterator[Located]:
    """The documents of a file, in their order; refuses what is not JSON, nested too deep or too large."""
    for line, text in _texts(file, path):
        try:
            yield from _in_text(text, line)
        except TooDeep as error:
            raise too_deep(path) from error
        except NotJson as error:
            where = line + text.count("\n", 0, error.offset)
            raise InputRefused(
                "this is not JSON", place=f"{path}:{where}", hint="fetch the file again"
            ) from error


def too_deep(place: str) -> InputRefused:
    """The refusal of a document with too many brackets in one another."""
    return InputRefused("the document is nested too deep", place=place, hint="no record is nested so deep")


def records_at(document: Located, *keys: str) -> Iterator[Located]:
    """The elements of the array at this path of keys in the document, or the object itself that stands there.

    A list may be wrapped once more, as in {"Snapshots": {"Snapshot": […]}}: the path then names both keys.
    """
    offset = _skip(document.text, 0)
    for key in keys:
        found = [start for name, start, _ in _members(document.text, offset) if name == key]
        if not found:
            return
        offset = found[0]
    text, line, counted = document.text, document.line, 0
    if text.startswith("null", offset):
        return
    places = _elements(text, offset) if text[offset] == "[" else iter([(offset, _end(text, offset))])
    for start, end in places:
        line, counted = line + text.count("\n", counted, start), start
        yield Located(line, text[start:end], _DECODER.decode(text[start:end]))


def _texts(file: Path, path: str) -> Iterator[tuple[int, str]]:
    """The file's text with the line on which it begins: at once, or line by line where it is large."""
    try:
        if file.stat().st_size <= MOST_DOCUMENT_BYTES:
            yield 1, file.read_text(encoding="utf-8-sig")
            return
        with file.open(encoding="utf-8-sig", newline="\n") as source:
            number = 0
            while text := source.readline(MOST_DOCUMENT_BYTES):
                number += 1
                if len(text) == MOST_DOCUMENT_BYTES:
                    hint = f"a document may have {MOST_DOCUMENT_BYTES >> 20} MiB: import it page by page"
                    raise InputRefused("the document is too large", place=path, hint=hint)
                if text.strip():
                    yield number, text
    except UnicodeDecodeError as error:
        raise InputRefused("the text is not UTF-8", place=path, hint="save the file as UTF-8") from error


def _in_text(text: str, line: int) -> Iterator[Located]:
    """The documents that a text holds one after the other, arrays taken apart."""
    offset, counted = _skip(text, 0), 0
    while offset < len(text):
        end = _end(text, offset)
        places = _elements(text, offset) if text[offset] == "[" else iter([(offset, end)])
        for start, stop in places:
            line, counted = line + text.count("\n", counted, start), start
            yield Located(line, text[start:stop], _DECODER.decode(text[start:stop]))
        offset = _skip(text, end)


def _end(text: str, offset: int) -> int:
    """Where the value that begins here ends."""
    try:
        return _DECODER.raw_decode(text, offset)[1]
    except RecursionError as error:
        raise TooDeep from error
    except ValueError as error:
        raise NotJson(getattr(error, "pos", offset)) from error


def _members(text: str, offset: int) -> Iterator[tuple[str, int, int]]:
    """The members of the object that begins here: key, and where the value begins and ends."""
    if text[offset : offset + 1] != "{":
        return
    offset = _skip(text, offset + 1)
    while text[offset] != "}":
        key, after = _DECODER.raw_decode(text, offset)
        start = _skip(text, _skip(text, after) + 1)
        end = _end(text, start)
        yield key, start, end
        offset = _skip(text, end)
        if text[offset] == ",":
            offset = _skip(text, offset + 1)


def _elements(text: str, offset: int) -> Iterator[tuple[int, int]]:
    """Where the elements of the array that begins here begin and end."""
    offset = _skip(text, offset + 1)
    while text[offset] != "]":
        end = _end(text, offset)
        yield offset, end
        offset = _skip(text, end)
        if text[offset] == ",":
            offset = _skip(text, offset + 1)


def _skip(text: str, offset: int) -> int:
    """The next offset that is not blank."""
    found = BLANK.match(text, offset)
    return found.end() if found else offset
