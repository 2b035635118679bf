"""Rows that had to be taken apart outside SQL, on their way into it: one JSON object a line in a file of the staging folder.

JSON keeps what CSV can't: the difference between no value and an empty one. All values are text, exactly as delivered.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from billing.importing.rejection import Problem
from billing.importing.sql_text import quoted
from billing.warehouse import text_literal

MOST_RAW = 100_000
"""Characters of a rejected row's raw text that are kept."""


class SpooledRow(NamedTuple):
    """A row with its line and raw text; `problem` where it can't be taken apart, else `values`."""

    line: int
    raw: str
    values: Mapping[str, str | None] | None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Spool:
    """A file of spooled rows: `types` are the DuckDB types of its columns."""

    file: Path
    types: Mapping[str, str]

    @property
    def relation(self) -> str:
        """What SQL selects from."""
        columns = ", ".join(f"{quoted(name)}: {text_literal(type_)}" for name, type_ in self.types.items())
        file = text_literal(str(self.file))
        return f"read_json({file}, format='newline_delimited', maximum_object_size=33554432, columns={{{columns}}})"

    def raw_texts(self, lines: str) -> str:
        """The SQL of the raw texts of those lines that stand in the table `lines`."""
        wanted = f"line IN (SELECT line FROM {lines})"
        return f"SELECT line, raw, code, message FROM {self.relation} WHERE {wanted}"


FAULT_COLUMNS: Mapping[str, str] = {
    "line": "BIGINT",
    "raw": "VARCHAR",
    "code": "VARCHAR",
    "message": "VARCHAR",
}
"""What every spooled row has beside its values; code and message only where the row can't be taken apart."""


def spool(file: Path, columns: Iterable[str], rows: Iterable[SpooledRow]) -> Spool:
    """The rows written to the file, with the text columns named."""
    with file.open("w", encoding="utf-8") as target:
        for row in rows:
            told = {"line": row.line, "raw": row.raw[:MOST_RAW]}
            if row.problem is not None:
                told |= {"code": row.problem.code, "message": row.problem.message}
            target.write(json.dumps(told | dict(row.values or {})))
            target.write("\n")
    return Spool(file, {**FAULT_COLUMNS, **dict.fromkeys(columns, "VARCHAR")})
