"""The desk on which rows are checked: tables in the writer's connection and files in its staging folder.

Every input is checked into a table of its own. Row ids are places in the file only while DuckDB keeps the order of rows, so it is
told to while rows are loaded.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from billing.importing.columns import RecordKind
from billing.importing.validation import Checked, Source, check
from billing.warehouse import Connection

RawTexts = Callable[[str], str]
"""From a table of lines, the SQL that gives line, raw, code and message for each of them; the last two are mostly null."""


@dataclass(frozen=True, slots=True)
class Rows:
    """An input's checked rows: `table` has those columns that vary, `line` is the SQL of a row's line in its file."""

    table: str
    line: str
    checked: Checked
    count: int
    raw_texts: RawTexts


class Desk:
    """Where an import's tables and files get their names."""

    def __init__(self, connection: Connection, folder: Path) -> None:
        self.connection = connection
        self._folder = folder
        self._number = 0

    def new_file(self, name: str) -> Path:
        """A path for a new file, named after what it holds."""
        self._number += 1
        return self._folder / f"{name}-{self._number}"

    def load(
        self, kind: RecordKind, source: Source, fills: Mapping[str, str], *, raw_texts: RawTexts
    ) -> Rows:
        """Check the source's rows into a new table; what DuckDB can't read raises UnreadableData."""
        self._number += 1
        table = f"rows_{self._number}"
        checked = check(kind, source, fills=fills)
        with self._order_kept():
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {checked.select}")
        line = "line" if source.line else "rowid + 2"
        return Rows(table, line, checked, self._count(table), raw_texts)

    def drop(self, rows: Rows) -> None:
        """Forget rows that are not needed any more."""
        self.connection.execute(f"DROP TABLE {rows.table}")

    def lines_of(self, table: str) -> Iterator[int]:
        """The lines in a table of lines, ascending."""
        cursor = self.connection.cursor().execute(f"SELECT line FROM {table} ORDER BY line")
        while found := cursor.fetchmany(10_000):
            yield from (line for (line,) in found)

    def _count(self, table: str) -> int:
        found = self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(found[0]) if found else 0

    @contextmanager
    def _order_kept(self) -> Iterator[None]:
        self.connection.execute("SET preserve_insertion_order = true")
        try:
            yield
        finally:
            self.connection.execute("SET preserve_insertion_order = false")
