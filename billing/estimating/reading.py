"""Reads files that others wrote: bounded in size, in nesting and in what they unfold to."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from billing.errors import UsageError
from billing.estimating.plan import Defaults, Plan

MIB = 1 << 20


class Source(NamedTuple):
    """One kind of file: its endings, the largest size, what it should hold, and its reader (content, place, defaults)."""

    endings: tuple[str, ...]
    most_bytes: int
    hint: str
    read: Callable[[bytes, str, Defaults], Plan]


def read_bytes(path: Path, most_bytes: int) -> bytes:
    """The file's content; one that is too large is refused before it is read."""
    try:
        with path.open("rb") as file:
            content = file.read(most_bytes + 1)
    except OSError as error:
        raise UsageError(
            "the file can't be read", place=str(path), hint=error.strerror or str(error)
        ) from None
    if len(content) > most_bytes:
        raise UsageError(
            f"the file has more than {most_bytes // MIB} MiB",
            place=str(path),
            hint="give a smaller one, or a part of it",
        )
    return content


def decoded(content: bytes, place: str) -> str:
    """The content as text."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("the file is not UTF-8 text", place=place, hint="save it as UTF-8") from None


def read_json(content: bytes, place: str) -> Any:
    """A JSON document with exact decimals."""
    try:
        return json.loads(decoded(content, place), parse_float=Decimal, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise UsageError(
            f"the file is no JSON: {error.msg}",
            place=f"{place}, line {error.lineno}",
            hint="check what wrote it",
        ) from None
    except (RecursionError, ValueError):
        raise UsageError(
            "the file is no JSON that can be read",
            place=place,
            hint="it nests too deeply or has a number too long",
        ) from None


def mapping(value: object) -> Mapping[str, Any]:
    """The value where it is a mapping, else an empty one: what is absent or of another kind says nothing."""
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list[Any]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: object) -> str | None:
    """A scalar as text; None where it is absent, empty or no scalar."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, Decimal)):
        said = format(value, "f") if isinstance(value, Decimal) else str(value)
        return said.strip() or None
    return None


def _refuse(name: str) -> None:
    raise ValueError(name)
