"""Runs the checks over a workspace, of one moment, and gives what they found."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from billing.checks.checklist import (
    CHECKS,
    FILE_CHECKS,
    INSTANCES,
    Check,
    parameters,
)
from billing.checks.record_files import absent_files, changed_files, resized_files, unnamed_files
from billing.store import Reader, Store
from billing.store.models import RecordFile
from billing.store.schema import COLUMNS, OPEN_S
from billing.store.store import ROLES
from billing.warehouse import Connection, errors_explained, sql_file
from rules.money import plain
from rules.period import Month, epoch_s, rfc3339
from rules.units import from_micro

ROWS_KEPT = 20
"""Rows of a finding that are kept; the others are counted."""

INSTANCE_VERSIONS, INSTANCE_REVERSALS = "instance_versions", "instance_reversals"
COUNTING_TWICE = "instances_counting_twice"
AT_ONCE = ("instance_batches", "instance_keys", "instance_seconds")
"""Checks by name that each posting of instances passes by itself: one pass says which of them could find something."""

MOST_COUNTED = 250_000
"""Up to so many instances of a month a close looks whether one counts twice; that takes a tenth of a second."""


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
    """Run every check, errors first; where record files are absent or changed, nothing else is looked at.

    Where instances count twice, the catalogue is told, so that every close looks again.
    """
    with store.reader() as reader:
        damaged, leftovers = _check_files(store, reader)
        if damaged:
            return [*damaged, *leftovers]
        with reader.connection() as connection, errors_explained():
            _prepare(store, connection)
            held = _held_at_once(connection, INSTANCES["postings"])
            checks = [check for check in CHECKS if check.name not in held]
            found = list(_queries(connection, checks, parameters(epoch_s(as_of))))
    if any(finding.check.name == COUNTING_TWICE for finding in found):
        store.doubt_counts()
    errors = [finding for finding in found if finding.check.severity == "error"]
    return [*errors, *leftovers, *(finding for finding in found if finding.check.severity == "warning")]


def closing_errors(store: Store, reader: Reader, month: Month, *, as_of: datetime) -> list[Finding]:
    """The errors that stop a close: those of the files and postings that its month reads, and of all counts.

    What lies outside the month can't change its statements, and `run_checks` looks at it; of the files outside it only the length
    is compared. Whether an instance counts twice is not looked at again where a month has more than MOST_COUNTED of them and
    the catalogue knows of each file that they don't: comparing all with all would take longer than billing them.
    """
    read = reader.files_between(month.from_s, month.until_s)
    damaged = _damaged_at_close(store, reader, read)
    if damaged:
        return damaged
    instances = [file for file in read if file.kind == "instances"]
    skipped = {INSTANCE_VERSIONS}
    if sum(file.rows for file in instances) > MOST_COUNTED and all(file.counts_once for file in instances):
        skipped.add(COUNTING_TWICE)
    if not any(file.reversals for file in instances):
        skipped.add(INSTANCE_REVERSALS)
    with reader.between(month.from_s, month.until_s) as connection, errors_explained():
        _prepare(store, connection)
        connection.execute(
            f"create or replace view month_postings as select {', '.join(COLUMNS['instances'])} from instance_postings"
            f" where started_s < {month.until_s} and until_s >= {month.from_s}"
        )
        skipped |= _held_at_once(connection, "month_postings")
        errors = [check for check in CHECKS if check.severity == "error" and check.name not in skipped]
        of_month = [
            replace(check, names={**check.names, "postings": "month_postings"})
            if check.names.get("kind") == "instances"
            else check
            for check in errors
        ]
        found = list(_queries(connection, of_month, parameters(epoch_s(as_of))))
    return [*found, *_lost_postings(store, reader)]


def _damaged_at_close(store: Store, reader: Reader, read: Sequence[RecordFile]) -> list[Finding]:
    """Files that are absent or changed: those that are read by their digests, the others by their length."""
    folder = store.workspace.records
    every = [file for group in reader.files.values() for file in group]
    absent = absent_files(folder, {file.name: file.sha256 for file in every})
    resized = resized_files(folder, every)
    changed = changed_files(folder, {file.name: file.sha256 for file in read if file.name not in resized})
    found = zip(FILE_CHECKS, (absent, sorted({*changed, *resized})), strict=False)
    return [_of_files(check, names) for check, names in found if names]


def _lost_postings(store: Store, reader: Reader) -> Iterator[Finding]:
    """Whether the files hold as many versions of instances as all batches say they brought, by what the catalogue knows."""
    said = sum(batch.new + batch.revised for batch in store.batches() if batch.kind == "instances")
    lying = [file for role in ROLES for file in reader.files["instances", role]]
    kept = sum(file.rows - file.reversals for file in lying)
    if kept < said:
        [check] = (check for check in CHECKS if check.name == INSTANCE_VERSIONS)
        yield Finding(check, 1, ({"said": said, "kept": kept},))


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
        _of_files(check, found) if found else None for check, found in zip(FILE_CHECKS, names, strict=True)
    ]
    damaged = [finding for finding in findings[:2] if finding is not None]
    return damaged, [finding for finding in findings[2:] if finding is not None]


def _of_files(check: Check, names: Sequence[str]) -> Finding:
    return Finding(check, len(names), tuple({"file": name} for name in names[:ROWS_KEPT]))


def _prepare(store: Store, connection: Connection) -> None:
    """Make the relation that the queries take beside those of the store: `batches`."""
    batches = store.batches()
    kept = store.rejected_by_batch()
    columns: dict[str, Sequence[object]] = {
        name: [getattr(batch, name) for batch in batches]
        for name in ("id", "path", "kind", "read", "new", "revised", "unchanged", "rejected")
    }
    columns["kept"] = [kept.get(batch.id, 0) for batch in batches]
    texts = ("path", "kind")
    unnested = ", ".join(
        f"unnest(cast(${name} as {'varchar' if name in texts else 'bigint'}[])) as {name}" for name in columns
    )
    connection.execute(f"create temp table batches as select {unnested}", columns)


def _held_at_once(connection: Connection, postings: str) -> set[str]:
    """Those of AT_ONCE that one pass over a relation of instances shows to find nothing."""
    suspicions = connection.execute(_query("suspicions").format(postings=postings), {"open_s": OPEN_S})
    found = suspicions.fetchone()
    assert found is not None
    return {name for name, suspicious in zip(AT_ONCE, found, strict=True) if not suspicious}


def _queries(connection: Connection, checks: Iterable[Check], bound: Mapping[str, int]) -> Iterator[Finding]:
    for check in checks:
        query = _query(check.query or check.name).format(**check.names)
        named = {name: value for name, value in bound.items() if f"${name}" in query}
        # Counting alone leaves out the order and most columns: where nothing is found, which is usual, that is all.
        counted = connection.execute(f"select count(*) from ({query})", named).fetchone()
        assert counted is not None
        if counted[0]:
            rows = connection.execute(f"{query} limit {ROWS_KEPT}", named)
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
