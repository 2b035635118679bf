"""DuckDB: the only module that knows the library, its settings and its errors.

Traps written down: autoloading of extensions would reach for the network, so it is off; long statements print a progress bar on
stdout, so that is off, too; TIMESTAMPs are UTC throughout, and none is fetched into Python; an interrupt arrives as a
RuntimeError; a full disk as an IOException; least() and greatest() skip nulls.
"""

import errno
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from billing.errors import DiskFullError, WorkspaceError
from rules.money import plain

if TYPE_CHECKING:
    import duckdb

Connection: TypeAlias = "duckdb.DuckDBPyConnection"
"""A connection. The library takes ten times as long to load as Python does, so it is loaded by whoever opens one."""

MEMORY_LIMIT = "1200MB"
"""What DuckDB may hold before it spills to disk; with Python and buffers outside its count a command stays under 2 GiB."""


@contextmanager
def connect(spill: Path | None = None) -> Iterator[Connection]:
    """A connection to a database in memory that spills to the folder `spill`; errors come out as ours."""
    import tempfile

    import duckdb

    config: dict[str, Any] = {
        "memory_limit": MEMORY_LIMIT,
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "preserve_insertion_order": "false",
        "temp_directory": str(spill if spill is not None else Path(tempfile.gettempdir())),
    }
    with errors_explained(), duckdb.connect(":memory:", config=config) as connection:
        _set_up(connection)
        yield connection


@contextmanager
def connect_beside(connection: Connection, search_path: str) -> Iterator[Connection]:
    """One more connection to the same database, which looks for names in these schemas; temporary tables are its own."""
    with errors_explained(), connection.cursor() as another:
        _set_up(another)
        another.execute(f"set search_path = {text_literal(search_path)}")
        yield another


def _set_up(connection: Connection) -> None:
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set enable_progress_bar = false")


@contextmanager
def errors_explained() -> Iterator[None]:
    """Turn a full disk into DiskFullError and an interrupt into KeyboardInterrupt."""
    import duckdb

    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        if _disk_full(str(error)):
            raise DiskFullError from error
        raise WorkspaceError(str(error).splitlines()[0]) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise DiskFullError from error
        raise
    except (duckdb.InterruptException, RuntimeError) as error:
        if "interrupt" in str(error).lower():
            raise KeyboardInterrupt from error
        raise


class UnreadableData(Exception):
    """DuckDB can't make sense of what a file holds; the text is the first line of what it says."""


@contextmanager
def reading_files() -> Iterator[None]:
    """Turn errors about the content of files into UnreadableData; a full disk or an interrupt stays what it is."""
    import duckdb

    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.InterruptException):
        raise
    except duckdb.Error as error:
        raise UnreadableData(str(error).splitlines()[0]) from error


DISK_FULL = ("no space left", "disk full", "file too large", "quota exceeded", "max_temp_directory_size")
"""What DuckDB's message holds where there is no room for a file; the last where there is none to spill to."""


def _disk_full(message: str) -> bool:
    lowered = message.lower()
    return any(text in lowered for text in DISK_FULL)


@cache
def sql_file(package: str, name: str) -> str:
    """The statement in the file sql/NAME.sql of a package."""
    from importlib.resources import files

    return (files(package) / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def has_rows(connection: Connection, select: str) -> bool:
    """Whether a query, or `from TABLE`, gives any row."""
    return connection.execute(f"select exists ({select})").fetchone() == (True,)


def text_literal(text: str) -> str:
    """A text as a SQL literal, for statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def paths_literal(paths: Iterable[Path]) -> str:
    """File paths as a SQL list for the functions that read files; what they take for a pattern is escaped."""
    plain_paths = (re.sub(r"([*?\[])", r"[\1]", str(path)) for path in paths)
    return "[" + ", ".join(map(text_literal, plain_paths)) + "]"


def temporary_table(
    connection: Connection, name: str, types: Mapping[str, str], rows: Iterable[Sequence[int | str | None]]
) -> None:
    """A temporary table of numbers, flags and words without spaces, replacing one of that name.

    Columns go in as texts that SQL splits: bound lists are taken over value by value, which is ten times as slow.
    """
    values = list(zip(*rows, strict=True)) or [()] * len(types)
    texts = [" ".join(["-" if value is None else str(value) for value in column]) for column in values]
    columns = ", ".join(
        f"cast(nullif(unnest(string_split(${index}, ' ')), '-') as {type_}) as {column}"
        for index, (column, type_) in enumerate(types.items(), start=1)
    )
    none = "" if values[0] else " limit 0"
    sql = f"create or replace temp table {name} as select {columns}{none}"
    connection.execute(sql, texts)


def write_rows(output: Path, types: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows as Parquet with these columns and types; the file is there whole or not at all.

    The rows go through a CSV file beside the output, because exact decimals survive that way.
    """
    import csv
    import tempfile

    with tempfile.TemporaryDirectory(dir=output.absolute().parent) as folder, errors_explained():
        through, made = Path(folder) / "rows.csv", Path(folder) / "rows.parquet"
        with through.open("w", newline="", encoding="utf-8") as target:
            writer = csv.writer(target)
            writer.writerow(types)
            writer.writerows([_csv_text(row[column]) for column in types] for row in rows)
        listed = ", ".join(f"{text_literal(name)}: {text_literal(type_)}" for name, type_ in types.items())
        with connect(Path(folder)) as connection:
            connection.execute(
                f"copy (from read_csv({text_literal(str(through))}, header = true, columns = {{{listed}}}))"
                f" to {text_literal(str(made))} (format parquet, compression zstd)"
            )
        os.replace(made, output)


def _csv_text(value: object) -> str:
    if value is None:
        return ""
    return plain(value) if isinstance(value, Decimal) else str(value)
