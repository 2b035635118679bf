"""Writes a month as FOCUS: the rows as CSV and Parquet, and beside them what the specification calls metadata."""

import csv
import io
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from billing import __version__
from billing.bill import exact_sum
from billing.books import Statement, statements
from billing.books.reading import frozen_tariffs
from billing.csv_cells import harmless
from billing.exporting.focus.columns import PARQUET, Column, Value, Version, columns_of
from billing.exporting.focus.rows import Cache, Row, rows
from billing.store import Store
from billing.warehouse import sql_file, write_rows
from billing.whole_files import write_whole
from rules.money import plain
from rules.period import Month
from rules.tariff import Tariff

Format = Literal["csv", "parquet"]
FORMATS: tuple[Format, ...] = ("csv", "parquet")


@dataclass(frozen=True, slots=True)
class Export:
    """What was written: the files, and sums that have to be those of the statements."""

    month: Month
    version: Version
    currency: str | None
    files: tuple[Path, ...]
    rows: int
    corrections: int
    billed_cost: Decimal
    list_cost: Decimal
    unrated: int

    def to_json(self) -> dict[str, Any]:
        """The export with its files by path."""
        return {
            "month": self.month.label,
            "version": self.version,
            "currency": self.currency,
            "files": [str(file) for file in self.files],
            "rows": self.rows,
            "corrections": self.corrections,
            "billed_cost": plain(self.billed_cost),
            "list_cost": plain(self.list_cost),
            "unrated": self.unrated,
        }


def export_focus(
    store: Store,
    month: Month,
    folder: Path,
    *,
    version: Version,
    as_of: datetime,
    tariff: Callable[[], Tariff],
    accounts: Collection[str] | None = None,
    formats: Sequence[Format] = FORMATS,
) -> Export:
    """Write the month's statements into a folder, closed as they were closed, open as they stand.

    What has no price is in no row, and counted as `unrated`.
    """
    found = statements(store, month, as_of=as_of, tariff=tariff, accounts=accounts)
    made = _rows(store, found, month, tariff)
    columns = columns_of(version)
    filled = [{column.name: column.fill(row) for column in columns} for row in made]
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"imcost-focus-{month.label}"
    files = []
    if "csv" in formats:
        files.append(_write(stem.with_suffix(".csv"), _csv(columns, filled)))
    if "parquet" in formats:
        target = stem.with_suffix(".parquet")
        write_rows(target, {column.name: PARQUET[column.kind] for column in columns}, filled)
        files.append(target)
    metadata = json.dumps(_metadata(version, columns, as_of), indent=2) + "\n"
    files.append(_write(stem.with_suffix(".metadata.json"), metadata))
    billed = exact_sum(row.amount for row in made)
    assert billed == exact_sum(each.total for each in found), "the rows don't sum to the statements"
    return Export(
        month=month,
        version=version,
        currency=found[0].document["currency"] if found else None,
        files=tuple(files),
        rows=len(made),
        corrections=sum(1 for row in made if row.correction),
        billed_cost=billed,
        list_cost=exact_sum(row.list_cost for row in made),
        unrated=sum(len(each.document["unrated"]) for each in found),
    )


def _rows(store: Store, found: Sequence[Statement], month: Month, tariff: Callable[[], Tariff]) -> list[Row]:
    frozen = frozen_tariffs(store.ledger)
    with store.reader() as reader, reader.connection() as connection:
        caches = {
            (account, region, cache): Cache(name, json.loads(tags) if tags else {})
            for account, region, cache, name, tags in connection.execute(
                sql_file("billing.exporting.focus", "caches")
            ).fetchall()
        }
    made: list[Row] = []
    for statement in found:
        content = statement.document["tariff"].get("content_sha256")
        priced_by = tariff() if content is None else frozen(content)
        made += rows(statement, month, priced_by, caches)
    return made


def _csv(columns: Sequence[Column], filled: Sequence[Mapping[str, Value]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    writer.writerows([_cell(row[column.name]) for column in columns] for row in filled)
    return text.getvalue()


def _cell(value: Value) -> str:
    """Null is empty; text that a spreadsheet would run begins with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    return harmless(value)


def _metadata(version: Version, columns: Sequence[Column], as_of: datetime) -> dict[str, Any]:
    """The schema of the rows as the specification describes it; the same columns have the same schema."""
    described = [_described(column) for column in columns]
    digest = sha256(json.dumps([version, described], sort_keys=True).encode()).hexdigest()
    return {
        "DataGenerator": {"DataGenerator": f"imcost {__version__}"},
        "Schema": {
            "SchemaId": f"imcost-focus-{version}-{digest[:16]}",
            "FocusVersion": version,
            "CreationDate": as_of.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "ColumnDefinition": described,
        },
    }


def _described(column: Column) -> dict[str, Any]:
    kind = {"String": "STRING", "JSON": "JSON", "Date/Time": "DATETIME", "Decimal": "DECIMAL"}[column.kind]
    found: dict[str, Any] = {"ColumnName": column.name, "DataType": kind, "FeatureLevel": column.level}
    if kind == "DECIMAL":
        found |= {"NumericPrecision": 38, "NumberScale": 15}
    if kind == "STRING":
        found |= {"StringEncoding": "UTF-8"}
    return found


def _write(path: Path, text: str) -> Path:
    write_whole(path, text)
    return path
