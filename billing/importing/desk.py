"""The desk on which rows are checked: tables in the writer's connection and files in its staging folder.

Every input is checked into a table of its own, in which each row has a number: the line of its record where every record has
lines of its own, else its place among the records. Row ids are places in the file only while DuckDB keeps the order of rows, so
it is told to while rows are loaded. Tags that repeat are checked once for each different text, not row by row.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from billing.importing.columns import RecordKind
from billing.importing.rejection import Problem
from billing.importing.validation import Source, check, check_values
from billing.warehouse import Connection, has_rows

RawTexts = Callable[[str], str]
"""From a table of row numbers, the SQL that gives row, line, raw, code and message of each; the last two are mostly null."""

PROBED_ROWS = 5_000
REPEATED = 10
"""Tags are checked apart where the first rows have at most one different text in so many."""


@dataclass(frozen=True, slots=True)
class Rows:
    """An input's checked rows, as pieces of SQL.

    `relation` is what to select from, `row` and `problem` what a row's number and problem are, `values` all columns of the
    record in their order. `tables` are what the relation is made of.
    """

    relation: str
    row: str
    problem: str
    values: Mapping[str, str]
    problems: tuple[Problem, ...]
    count: int
    raw_texts: RawTexts
    tables: tuple[str, ...]


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
        apart = ["tags"] if self._tags_repeat(source) else []
        checked = check(kind, source, fills=fills, apart=apart)
        with self._order_kept():
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {checked.select}")
        rows = Rows(
            relation=f"{table} AS r",
            row="r.row" if source.row else f"r.rowid + {source.first}",
            problem="r.problem",
            values={name: checked.constants.get(name, f'r."{name}"') for name in checked.columns},
            problems=checked.problems,
            count=self._count(table),
            raw_texts=raw_texts,
            tables=(table,),
        )
        return self._with_tags(kind, rows, keep_empty=source.empty == "kept") if apart else rows

    def has_problem(self, rows: Rows, code: str) -> bool:
        """Whether any row has a problem with this code."""
        numbers = [str(number) for number, each in enumerate(rows.problems, start=1) if each.code == code]
        listed = ", ".join(numbers) or "NULL"
        return has_rows(self.connection, f"FROM {rows.relation} WHERE {rows.problem} IN ({listed})")

    def drop(self, rows: Rows) -> None:
        """Forget rows that are not needed any more."""
        for table in rows.tables:
            self.connection.execute(f"DROP TABLE {table}")

    def numbers_of(self, table: str) -> Iterator[int]:
        """The row numbers in a table of rows, ascending."""
        cursor = self.connection.cursor().execute(f"SELECT row FROM {table} ORDER BY row")
        while found := cursor.fetchmany(10_000):
            yield from (row for (row,) in found)

    def _tags_repeat(self, source: Source) -> bool:
        """Whether the first rows have few different tags."""
        if source.types.get("tags") != "VARCHAR":
            return False
        first = f"SELECT tags FROM {source.relation} LIMIT {PROBED_ROWS}"
        found = self.connection.execute(f"SELECT count(tags), count(DISTINCT tags) FROM ({first})").fetchone()
        return found is not None and found[0] >= REPEATED * found[1] > 0

    def _with_tags(self, kind: RecordKind, rows: Rows, *, keep_empty: bool) -> Rows:
        """The rows with their tags checked and in the store's form; joined only where that differs from what was given."""
        (table,) = rows.tables
        tags = f"tags_of_{table}"
        checked = check_values(kind.by_name["tags"], table, keep_empty=keep_empty)
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {tags} AS {checked.select}")
        if not has_rows(self.connection, f"FROM {tags} WHERE problem > 0 OR stored IS DISTINCT FROM given"):
            self.connection.execute(f"DROP TABLE {tags}")
            return rows
        before = len(rows.problems)
        return Rows(
            relation=f"{rows.relation} LEFT JOIN {tags} AS t ON r.tags = t.given",
            row=rows.row,
            problem=f"CASE WHEN r.problem = 0 AND t.problem > 0 THEN t.problem + {before} ELSE r.problem END",
            values={**rows.values, "tags": "t.stored"},
            problems=rows.problems + checked.problems,
            count=rows.count,
            raw_texts=rows.raw_texts,
            tables=(table, tags),
        )

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
