"""Views over record files: the relations that every other SQL reads."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from billing.warehouse import Connection, paths_literal


def define_view(connection: Connection, name: str, columns: Mapping[str, str], paths: Sequence[Path]) -> None:
    """A view over Parquet files with these columns; an empty one of the same types where there are no files."""
    if paths:
        source = f"select {', '.join(columns)} from read_parquet({paths_literal(paths)})"
    else:
        empty = ", ".join(f"cast(null as {type_}) as {column}" for column, type_ in columns.items())
        source = f"select {empty} where false"
    connection.execute(f"create or replace view {name} as {source}")
