"""Rows that had to be taken apart outside SQL, on their way into it: one JSON object a line in a file of the staging folder.

JSON keeps what CSV can't: the difference between no value and an empty one. All values are text, exactly as delivered.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from billing.importing.rejection import Problem
from billing.importing.sql_text import quoted
from billing.importing.validation import Source
from billing.warehouse import text_literal

MOST_RAW = 100_000
"""Characters of a rejected row's raw text that are kept."""

MOST_OBJECT = 32 << 20
"""Bytes of a spooled row that DuckDB reads: more than the longest raw text and the longest record together."""

KEPT: Mapping[str, str] = {
    "row": "BIGINT",
    "line": "BIGINT",
    "raw": "VARCHAR",
    "code": "VARCHAR",
    "message": "VARCHAR",
}
"""What every spooled row has beside its values; code and message only where the row can't be taken apart."""


class SpooledRow(NamedTuple):
    """A row with its line and raw text; `problem` where it can't be taken apart, else `values`."""

    line: int
    raw: str
    values: Mapping[str, str | None] | None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Spool:
    """A file of spooled rows, which have the text columns named."""

    file: Path
    columns: Sequence[str]

    def source(self, *, empty: Literal["null", "kept"] = "null") -> Source:
        """The rows, to be checked."""
        relation = f"(SELECT *, code IS NOT NULL AS faulty FROM {self._relation()})"
        types = dict.fromkeys(self.columns, "VARCHAR")
        return Source(relation, types, row="row", faulty="faulty", empty=empty)

    def raw_texts(self, numbers: str) -> str:
        """The SQL of the raw texts of those rows whose numbers stand in the table `numbers`."""
        wanted = f"row IN (SELECT row FROM {numbers})"
        return f"SELECT {', '.join(KEPT)} FROM {self._relation()} WHERE {wanted}"

    def _relation(self) -> str:
        types = {**KEPT, **dict.fromkeys(self.columns, "VARCHAR")}
        columns = ", ".join(f"{quoted(name)}: {text_literal(type_)}" for name, type_ in types.items())
        return (
            f"read_json({text_literal(str(self.file))}, format = 'newline_delimited',"
            f" maximum_object_size = {MOST_OBJECT}, columns = {{{columns}}})"
        )


def spool(
    file: Path,
    columns: Iterable[str],
    rows: Iterable[SpooledRow],
    *,
    numbered: Literal["line", "place"] = "line",
) -> Spool:
    """The rows written to the file. A row's number is its line, or its place where several rows share a line."""
    with file.open("w", encoding="utf-8") as target:
        for place, row in enumerate(rows, start=1):
            number = row.line if numbered == "line" else place
            told = {"row": number, "line": row.line, "raw": row.raw[:MOST_RAW]}
            if row.problem is not None:
                told |= {"code": row.problem.code, "message": row.problem.message}
            target.write(json.dumps(told | dict(row.values or {})))
            target.write("\n")
    return Spool(file, list(columns))
