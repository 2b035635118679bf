"""Runs the checks over a workspace, of one moment, and gives what they found."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from billing.checks.checklist import CHECKS, FILE_CHECKS, Check, parameters
from billing.checks.record_files import absent_files, changed_files, unnamed_files
from billing.store import Reader, Store
from billing.warehouse import Connection, errors_explained, sql_file
from rules.money import plain
from rules.period import epoch_s, rfc3339
from rules.units import from_micro

ROWS_KEPT = 20
"""Rows of a finding that are kept; the others are counted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that something breaks: how many rows do, and the first of them, by column name."""

    check: Check
    count: int
    rows: tuple[Mapping[str, object], ...]

    def to_json(self) -> dict[str, Any]:
        """The finding as interface.md has it; instants are RFC 3339, sizes decimals."""
        rows = [dict(row) for row in self.rows]
        return {"check": self.check.name, "message": self.check.message, "count": self.count, "rows": rows}


def run_checks(store: Store, *, as_of: datetime) -> list[Finding]:
    """Run every check, errors first; where record files are absent or changed, nothing else is looked at."""
    with store.reader() as reader:
        damaged, leftovers = _check_files(store, reader)
        if damaged:
            return [*damaged, *leftovers]
        with reader.connection() as connection, errors_explained():
            _prepare(store, connection)
            found = list(_queries(connection, parameters(epoch_s(as_of))))
    errors = [finding for finding in found if finding.check.severity == "error"]
    return [*errors, *leftovers, *(finding for finding in found if finding.check.severity == "warning")]


def damaged_files(store: Store, reader: Reader) -> Iterator[tuple[str, str]]:
    """The record files that are not as they were written, with what is wrong with each."""
    named = {file.name: file.sha256 for group in reader.files.values() for file in group}
    folder = store.workspace.records
    absent = absent_files(folder, named)
    yield from ((name, "it is absent") for name in absent)
    yield from ((name, "it is not as it was written") for name in changed_files(folder, named))


def _check_files(store: Store, reader: Reader) -> tuple[list[Finding], list[Finding]]:
    """Files that are absent or changed, and files that nobody names."""
    named = {file.name: file.sha256 for group in reader.files.values() for file in group}
    folder = store.workspace.records
    names = (absent_files(folder, named), changed_files(folder, named), list(unnamed_files(store, [*named])))
    findings = [
        Finding(check, len(found), tuple({"file": name} for name in found[:ROWS_KEPT])) if found else None
        for check, found in zip(FILE_CHECKS, names, strict=True)
    ]
    damaged = [finding for finding in findings[:2] if finding is not None]
    return damaged, [finding for finding in findings[2:] if finding is not None]


def _prepare(store: Store, connection: Connection) -> None:
    """Make the relation that the queries take beside those of the store: `batches`."""
    batches = store.batches()
    kept = Counter(rejection.batch_id for rejection in store.rejections())
    columns: dict[str, Sequence[object]] = {
        name: [getattr(batch, name) for batch in batches]
        for name in ("id", "path", "kind", "read", "new", "revised", "unchanged", "rejected")
    }
    columns["kept"] = [kept[batch.id] for batch in batches]
    texts = ("path", "kind")
    unnested = ", ".join(
        f"unnest(cast(${name} as {'varchar' if name in texts else 'bigint'}[])) as {name}" for name in columns
    )
    connection.execute(f"create temp table batches as select {unnested}", columns)


def _queries(connection: Connection, bound: Mapping[str, int]) -> Iterator[Finding]:
    for check in CHECKS:
        query = _query(check.query or check.name).format(**check.names)
        named = {name: value for name, value in bound.items() if f"${name}" in query}
        connection.execute(f"create or replace temp table offending as {query}", named)
        counted = connection.execute("select count(*) from offending").fetchone()
        assert counted is not None
        if counted[0]:
            rows = connection.execute(f"from offending limit {ROWS_KEPT}")
            names = [column[0] for column in rows.description]
            kept = tuple(_readable(dict(zip(names, row, strict=True))) for row in rows.fetchall())
            yield Finding(check, counted[0], kept)


def _readable(row: Mapping[str, object]) -> Mapping[str, object]:
    """A row as people read it: instants as RFC 3339, sizes as decimals, whatever else as it is."""
    readable: dict[str, object] = {}
    for name, value in row.items():
        if isinstance(value, datetime):
            readable[name] = rfc3339(value.replace(tzinfo=UTC))
        elif isinstance(value, int) and name.endswith("_micro"):
            readable[name.removesuffix("_micro")] = plain(from_micro(value))
        else:
            readable[name] = value
    return readable


def _query(name: str) -> str:
    return sql_file("billing.checks", name)
