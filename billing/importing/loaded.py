"""Inputs whose rows lie checked on the desk: the good ones as one relation for the store, the bad ones for the quarantine.

What is read through a cursor of its own, here and in the store, can't be a temporary table: those belong to one cursor.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from billing.importing.desk import Desk, Rows
from billing.importing.reading import Reading
from billing.importing.sql_text import quoted
from billing.importing.validation import FAULTY
from billing.store import NewBatch
from billing.warehouse import sql_file, text_literal

FEW_ROWS = 50_000
"""Tables with so few rows are put together: many small inputs cost less that way, and a large one is never copied."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """One input on the desk, with the batch that it becomes."""

    reading: Reading
    rows: Rows
    number: int
    batch: NewBatch


def sql(name: str, **names: object) -> str:
    """The statement in sql/NAME.sql with its placeholders filled in."""
    statement = sql_file("billing.importing", name)
    return statement.format(**names) if names else statement


def quarantine(desk: Desk, loaded: Loaded) -> str | None:
    """A table of the input's rejected rows, or None; their number goes to the batch."""
    rows, connection = loaded.rows, desk.connection
    connection.execute(
        f"CREATE OR REPLACE TABLE bad_rows AS"
        f" SELECT {rows.row} AS row, {rows.problem} AS problem FROM {rows.relation} WHERE {rows.problem} <> 0"
    )
    (count,) = connection.execute("SELECT count(*) FROM bad_rows").fetchone() or (0,)
    loaded.batch.rejected = int(count)
    if not count:
        return None
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE problems (number SMALLINT, code VARCHAR, message VARCHAR)"
    )
    numbered = [(number, each.code, each.message) for number, each in enumerate(rows.problems, start=1)]
    connection.executemany("INSERT INTO problems VALUES (?, ?, ?)", [*numbered, (FAULTY, "", "")])
    table = f"rejected_{loaded.number}"
    statement = sql(
        "rejected",
        batch=loaded.number,
        path=text_literal(loaded.batch.path),
        raw_texts=rows.raw_texts("bad_rows"),
    )
    connection.execute(f"CREATE OR REPLACE TABLE {table} AS {statement}")
    return table


def gather(desk: Desk, inputs: Sequence[Loaded], name: str) -> str:
    """A view of the good rows of inputs of one kind, with batch and line."""
    connection = desk.connection
    parts: list[str] = []
    together: str | None = None
    for each in inputs:
        good = _good_rows(each)
        if len(inputs) == 1 or each.rows.count >= FEW_ROWS:
            parts.append(good)
            continue
        if together is None:
            together = f"few_{name}"
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {together} AS {good}")
            parts.append(f"SELECT * FROM {together}")
        else:
            connection.execute(f"INSERT INTO {together} {good}")
        desk.drop(each.rows)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {' UNION ALL '.join(parts)}")
    return name


def _good_rows(loaded: Loaded) -> str:
    """The good rows of one input with all columns, always in the same order."""
    rows = loaded.rows
    columns = ", ".join(f"{value} AS {quoted(name)}" for name, value in rows.values.items())
    return (
        f"SELECT {loaded.number} AS batch, CAST({rows.row} AS BIGINT) AS line, {columns}"
        f" FROM {rows.relation} WHERE {rows.problem} = 0"
    )


def count_derived(desk: Desk, relation: str) -> Counter[str]:
    """For how many rows of the relation each column was derived."""
    found = desk.connection.execute(
        f"SELECT unnest(string_split(derived, ',')) AS name, sum(rows) FROM"
        f" (SELECT derived, count(*) AS rows FROM {relation} WHERE derived IS NOT NULL GROUP BY 1) GROUP BY 1"
    ).fetchall()
    return Counter({str(name): int(count) for name, count in found})
