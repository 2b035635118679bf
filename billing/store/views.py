"""Views over record files: the relations that every other SQL reads."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from billing.warehouse import Connection, paths_literal, sql_file


def define_view(
    connection: Connection,
    name: str,
    columns: Mapping[str, str],
    paths: Sequence[Path],
    last_batch: int | None = None,
) -> None:
    """A view over Parquet files with these columns, an empty one of the same types where there are no files.

    With `last_batch` it has only what was posted by that batch and those before it.
    """
    if paths:
        source = f"select {', '.join(columns)} from read_parquet({paths_literal(paths)})"
        if last_batch is not None:
            source += f" where posted <= {last_batch}"
    else:
        empty = ", ".join(f"cast(null as {type_}) as {column}" for column, type_ in columns.items())
        source = f"select {empty} where false"
    connection.execute(f"create or replace view {name} as {source}")


def define_counting(connection: Connection, name: str, postings: str) -> None:
    """A view of those postings whose version counts: one row per record."""
    select = sql_file("billing.store", "counting_records").format(postings=postings)
    connection.execute(f"create or replace view {name} as {select}")
