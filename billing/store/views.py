"""Views over record files: the relations that every other SQL reads."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from billing.store.layout import SMALL_ROWS
from billing.store.models import RecordFile
from billing.store.schema import INSTANCES, OPEN_S, PLAIN
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
    connection.execute(f"create or replace view {name} as {_rows_of(columns, paths, last_batch)}")


def define_instances(
    connection: Connection,
    name: str,
    folder: Path,
    record_files: Sequence[RecordFile],
    last_batch: int | None,
) -> None:
    """A view over files of instances in a folder, with the columns PLAIN of schema.py for metering to tell them apart by."""
    large = [file for file in record_files if file.plain and file.rows >= SMALL_ROWS]
    others = [file for file in record_files if file not in large]
    bounded = [([folder / file.name], file.from_s, file.until_s) for file in large]
    rows = [
        f"select *, {from_s}::bigint as {PLAIN[0]}, {until_s}::bigint as {PLAIN[1]}"
        f" from ({_rows_of(INSTANCES, paths, last_batch)})"
        for paths, from_s, until_s in (*bounded, ([folder / file.name for file in others], 0, OPEN_S))
    ]
    connection.execute(f"create or replace view {name} as {' union all '.join(rows)}")


def _rows_of(columns: Mapping[str, str], paths: Sequence[Path], last_batch: int | None) -> str:
    if not paths:
        empty = ", ".join(f"cast(null as {type_}) as {column}" for column, type_ in columns.items())
        return f"select {empty} where false"
    source = f"select {', '.join(columns)} from read_parquet({paths_literal(paths)})"
    return source if last_batch is None else f"{source} where posted <= {last_batch}"


def define_counting(connection: Connection, name: str, postings: str, *, reversals: bool) -> None:
    """A view of those postings whose version counts: one row per record; without `reversals` there is nothing to look for."""
    select = f"select * from {postings} where sign = 1"
    if reversals:
        select = sql_file("billing.store", "counting_records").format(postings=postings)
    connection.execute(f"create or replace view {name} as {select}")
