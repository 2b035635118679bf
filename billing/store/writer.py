"""Writing: postings are staged as Parquet, and one transaction of the catalogue makes all of them count.

`post` turns rows into versions and reversals; `commit` moves the staged files into place, syncs them, and names them together with the
batches, the quarantine and the quota observations. Everything before that transaction is as if it had not happened.
"""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import file_digest
from importlib.resources import files
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

from sqlmodel import Session, col, delete, insert

from billing.store.catalogue import Catalogue
from billing.store.compaction import compact, paying
from billing.store.models import Batch, QuotaObservation, RecordFile, Rejection
from billing.store.schema import BEGIN_S, COLUMNS, END, ID, KEYS, OPEN_S, Kind, content
from billing.store.views import define_view
from billing.warehouse import Connection, errors_explained, text_literal
from billing.workspace import Workspace, sync_file, sync_folder

POSTINGS = {"instances": "instance_postings", "caches": "cache_postings"}
ROWS_AT_ONCE = 10_000
REJECTION = ("batch_id", "path", "line", "raw", "code", "message")


class BatchCounts(NamedTuple):
    """What became of the good rows of one batch; `ended` are known records that a complete source no longer listed."""

    new: int = 0
    revised: int = 0
    unchanged: int = 0
    ended: int = 0


@dataclass(slots=True)
class NewBatch:
    """A file being imported. `read` counts all its rows, `rejected` those that were refused; times are RFC 3339 text."""

    path: str
    kind: str
    format: str
    fingerprint: str
    observed_at: str
    read: int = 0
    rejected: int = 0
    counts: BatchCounts = field(default_factory=BatchCounts)


@dataclass(frozen=True, slots=True)
class _Staged:
    """A Parquet file in the staging folder."""

    kind: str
    path: Path


class Writer:
    """The one writer of a workspace, within `Store.writer()`.

    `connection` has the views `instance_postings`, `cache_postings` and `cache_keys`, which include what was staged so far. Relations that
    are handed over have the content columns of schema.py, `batch` (from `add_batch`) and `line`.
    """

    def __init__(self, workspace: Workspace, catalogue: Catalogue, connection: Connection) -> None:
        self.connection = connection
        self._workspace = workspace
        self._catalogue = catalogue
        self._first_batch = catalogue.last_batch_id() + 1
        self._batches: list[NewBatch] = []
        self._staged: list[_Staged] = []
        self._rejections: list[str] = []
        self._quotas: list[str] = []
        connection.execute("create temp table new_keys as select * from (values (0, '', '', '')) as k("
                           + ", ".join(KEYS) + ") where false")
        self._define_views()

    @property
    def staging(self) -> Path:
        """A folder for files that need not outlive the import."""
        return self._workspace.staging

    def known_batch(self, fingerprint: str) -> Batch | None:
        """The batch that imported these bytes under these options before, if any."""
        return self._catalogue.batch_of(fingerprint)

    def add_batch(self, batch: NewBatch) -> int:
        """Announce a file; its id goes with its rows. Its counts may be filled in until the commit."""
        self._batches.append(batch)
        return self._first_batch + len(self._batches) - 1

    def post(self, kind: Kind, incoming: str, *, merge: bool = False, complete: bool = False) -> dict[int, BatchCounts]:
        """Post the rows of the relation `incoming`; gives each batch's counts, which are kept for its commit.

        `merge`: fields that are null keep the value that is known. `complete`: the relation lists everything of each account
        and region in it, so known open records that are missing ended.
        """
        counts = self._post(kind, incoming, merge=merge)
        if complete:
            self._make("missing_rows", "missing", kind, incoming=incoming, ended=", ".join(_ended(kind)))
            for batch, found in self._post(kind, "missing_rows", merge=False).items():
                counts[batch] = counts[batch]._replace(ended=found.revised)
        for batch, found in counts.items():
            self._batches[batch - self._first_batch].counts = found
        return counts

    def _post(self, kind: Kind, incoming: str, *, merge: bool) -> dict[int, BatchCounts]:
        connection = self.connection
        connection.execute(f"insert into new_keys {_sql('new_keys').format(incoming=incoming)}")
        self._make("contested", "contested", kind, incoming=incoming)
        self._make("stored_current", "stored_current", kind)
        filled, filling = _filling(kind) if merge else (", ".join(content(kind)), "")
        self._make("chain", "chain", kind, incoming=incoming, filled=filled, filling=filling)
        connection.execute(
            f"create or replace temp view versions as {self._filled('versions', kind, incoming=incoming)}"
        )
        counts = self._counts(kind, incoming)
        if connection.execute("select count(*) from (from versions limit 1)").fetchone() != (0,):
            self._stage(kind)
        return counts

    def _make(self, table: str, name: str, kind: Kind, **names: str) -> None:
        self.connection.execute(f"create or replace temp table {table} as {self._filled(name, kind, **names)}")

    def _filled(self, name: str, kind: Kind, **names: str) -> str:
        common = {"postings": POSTINGS[kind], "id": ID[kind], "end": END[kind], "content": ", ".join(content(kind))}
        return _sql(name).format(**common, **names)

    def _counts(self, kind: Kind, incoming: str) -> dict[int, BatchCounts]:
        """New, revised and unchanged rows of each batch, from the plain rows and the chain."""
        rows = self.connection.execute(
            f"""select batch, sum(new), sum(revised), sum(same) from (
                select batch, count(*) filter (not retracted) as new, count(*) filter (retracted) as revised, 0 as same
                from {incoming}
                where hash(account_id, region, {ID[kind]}) not in (select identity from contested)
                group by batch
                union all
                select batch, count(*) filter (outcome = 'new'), count(*) filter (outcome = 'revised'),
                    count(*) filter (outcome in ('same', 'older'))
                from chain where not stored group by batch
            ) group by batch"""
        ).fetchall()
        return {batch: BatchCounts(int(new), int(revised), int(same)) for batch, new, revised, same in rows}

    def _stage(self, kind: Kind) -> None:
        """Write the versions and the reversals of what they supersede; records that cross a month's end lie in files of their own.

        So a month finds what it needs: a file of records that stay within their month ends with it, and the few others
        don't spoil its bounds.
        """
        posted = self._first_batch + len(self._batches) - 1
        name = "instance_postings" if kind == "instances" else "cache_postings"
        begin_s = BEGIN_S[kind]
        folder = self._workspace.staging / token_hex(8)
        columns = ", ".join(COLUMNS[kind])
        reversals = ", ".join(
            {"sign": "cast(-1 as tinyint) as sign", "posted": f"{posted} as posted"}.get(column, f"c.{column}")
            for column in COLUMNS[kind]
        )
        with errors_explained():
            self.connection.execute(
                f"""copy (
                    select {columns}, {crosses_month(begin_s)} as crosses
                    from (
                        {_sql(name).format(posted=posted, open_s=OPEN_S)}
                        union all by name
                        select {reversals}
                        from stored_current as c
                        inner join chain as h on h.stored and h.superseded and h.batch = c.batch and h.line = c.line
                        where c.sign = 1
                    )
                ) to {text_literal(str(folder))} (format parquet, compression zstd, partition_by (crosses))"""
            )
        self._staged += [_Staged(kind, path) for path in sorted(folder.rglob("*.parquet"))]
        self._define_views()

    def post_quotas(self, incoming: str) -> dict[int, BatchCounts]:
        """Keep quota observations; the later batch replaces an observation of the same instant."""
        rows = self.connection.execute(
            f"select batch, account_id, region, quota, \"limit\", used, "
            f"strftime(observed_at, '%Y-%m-%dT%H:%M:%S.%fZ') from {incoming} order by batch, line"
        ).fetchall()
        known = {
            (o.account_id, o.region, o.quota, o.observed_at): (o.limit, o.used)
            for o in self._catalogue.quota_observations()
        }
        counts: dict[int, BatchCounts] = {}
        for batch, account_id, region, quota, limit, used, observed_at in rows:
            key, value = (account_id, region, quota, observed_at), (limit, used)
            found = counts.get(batch, BatchCounts())
            if key not in known:
                found = found._replace(new=found.new + 1)
            elif known[key] != value:
                found = found._replace(revised=found.revised + 1)
            else:
                found = found._replace(unchanged=found.unchanged + 1)
            known[key] = value
            counts[batch] = found
        for batch, found in counts.items():
            self._batches[batch - self._first_batch].counts = found
        self._quotas.append(incoming)
        return counts

    def quarantine(self, relation: str) -> None:
        """Keep rejected rows: batch, path, line, raw, code, message. The relation must stay until the commit."""
        self._rejections.append(relation)

    def commit(self, *, imported_at: str) -> None:
        """Make everything count, or nothing; then compact where it pays."""
        with errors_explained():
            self._stage_keys()
            named = [self._move(staged) for staged in self._staged]
            sync_folder(self._workspace.records)
            with self._catalogue.session() as session:
                for number, batch in enumerate(self._batches, start=self._first_batch):
                    session.add(_batch_row(number, batch, imported_at))
                session.flush()
                session.add_all(named)
                for relation in self._rejections:
                    query = f"select batch, path, line, raw, code, message from {relation} order by batch, line"
                    for rows in self._chunks(query):
                        session.execute(insert(Rejection), [dict(zip(REJECTION, row, strict=True)) for row in rows])
                for relation in self._quotas:
                    self._write_quotas(session, relation)
                session.commit()
        self._staged.clear()
        self.compact_where_it_pays()

    def compact_where_it_pays(self) -> None:
        """Merge files while there is something to gain by it."""
        for kind in COLUMNS:
            while files_to_merge := paying(self._catalogue.record_files(kind)):
                self.compact(kind, files_to_merge)

    def compact(self, kind: str, files_to_merge: Sequence[RecordFile]) -> None:
        """Replace current files by sorted ones without the pairs of versions and reversals, which become history."""
        made = compact(self.connection, self._workspace, kind, files_to_merge)
        named = [self._move(_Staged(kind, path), role) for role, path in made]
        sync_folder(self._workspace.records)
        with self._catalogue.session() as session:
            session.exec(delete(RecordFile).where(col(RecordFile.name).in_([file.name for file in files_to_merge])))
            session.add_all(named)
            session.commit()
        self._define_views()

    def _stage_keys(self) -> None:
        if self.connection.execute("select count(*) from new_keys").fetchone() == (0,):
            return
        path = self._workspace.staging / f"{token_hex(8)}.parquet"
        self.connection.execute(f"copy new_keys to {text_literal(str(path))} (format parquet, compression zstd)")
        self._staged.append(_Staged("keys", path))

    def _move(self, staged: _Staged, role: str = "current") -> RecordFile:
        """Give a staged file its durable place and describe it; it counts only when the catalogue names it."""
        name = f"{staged.kind}-{token_hex(8)}.parquet"
        sync_file(staged.path)
        row = describe(self.connection, staged.path, name, staged.kind, role)
        os.rename(staged.path, self._workspace.records / name)
        return row

    def _chunks(self, query: str) -> Iterator[list[tuple[object, ...]]]:
        cursor = self.connection.cursor().execute(query)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield rows

    def _write_quotas(self, session: Session, relation: str) -> None:
        rows = self.connection.execute(
            f"select batch, account_id, region, quota, \"limit\", used, "
            f"strftime(observed_at, '%Y-%m-%dT%H:%M:%S.%fZ') from {relation} order by batch, line"
        ).fetchall()
        names = ("batch_id", "account_id", "region", "quota", "limit", "used", "observed_at")
        for row in rows:
            observation = QuotaObservation(**dict(zip(names, row, strict=True)))
            same = [getattr(QuotaObservation, name) == getattr(observation, name) for name in (*names[1:4], names[6])]
            session.exec(delete(QuotaObservation).where(*same))
            session.add(observation)
            session.flush()

    def _define_views(self) -> None:
        for kind, view in POSTINGS.items():
            paths = [self._workspace.records / file.name for file in self._catalogue.record_files(kind)]
            paths += [staged.path for staged in self._staged if staged.kind == kind]
            define_view(self.connection, view, COLUMNS[kind], paths)
        paths = [self._workspace.records / file.name for file in self._catalogue.record_files("keys")]
        define_view(self.connection, "stored_keys", KEYS, paths)
        columns = ", ".join(KEYS)
        self.connection.execute(
            "create or replace temp view cache_keys as "
            f"select {columns} from stored_keys union all select {columns} from new_keys"
        )


def crosses_month(begin_s: str) -> str:
    """SQL: whether a posting runs past the end of the billing month (UTC+8) that it begins in."""
    month = "date_trunc('month', make_timestamp(({} + 28800) * 1000000))"
    return f"{month.format(f'least(until_s, {OPEN_S - 86400})')} <> {month.format(begin_s)}"


def describe(connection: Connection, path: Path, name: str, kind: str, role: str) -> RecordFile:
    """The catalogue's row for a file."""
    reversals, from_s, until_s = "0", "0", "0"
    if kind in COLUMNS:
        reversals = "count(*) filter (sign = -1)"
        from_s, until_s = f"min({BEGIN_S[kind]})", "max(until_s)"
    found = connection.execute(
        f"select count(*), {reversals}, {from_s}, {until_s} from read_parquet({text_literal(str(path))})"
    ).fetchone()
    assert found is not None
    with path.open("rb") as content_:
        digest = file_digest(content_, "sha256").hexdigest()
    return RecordFile(
        name=name,
        kind=kind,
        role=role,
        rows=found[0],
        reversals=found[1],
        bytes=path.stat().st_size,
        sha256=digest,
        from_s=found[2] or 0,
        until_s=found[3] or 0,
    )


def sweep(workspace: Workspace, catalogue: Catalogue) -> None:
    """Delete what a crash left behind: staged files, and record files that the catalogue doesn't name while nobody reads."""
    if workspace.staging.exists():
        shutil.rmtree(workspace.staging)
    workspace.staging.mkdir(parents=True)
    workspace.records.mkdir(exist_ok=True)
    for leftover in workspace.root.glob("catalogue-*.new*"):
        leftover.unlink()
    kinds = [(kind, role) for kind in ("instances", "caches", "keys") for role in ("current", "history")]
    named = {file.name for kind, role in kinds for file in catalogue.record_files(kind, role)}
    unnamed = [path for path in workspace.records.iterdir() if path.name not in named]
    if unnamed:
        with workspace.alone() as nobody_reads:
            for path in unnamed if nobody_reads else ():
                path.unlink()


@cache
def _sql(name: str) -> str:
    return (files("billing.store") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def _ended(kind: Kind) -> Iterator[str]:
    """The content of a version that ends a known record at the instant of a source that no longer lists it."""
    begin = {"instances": "started_at", "caches": "created_at"}[kind]
    replaced: Mapping[str, str] = {
        END[kind]: f"greatest(a.at, k.{begin}) as {END[kind]}",
        "observed_at": "a.at as observed_at",
        "derived": f"concat_ws(',', k.derived, '{END[kind]}') as derived",
    }
    for column in content(kind):
        yield replaced.get(column, f"k.{column}")


def _filling(kind: Kind) -> tuple[str, str]:
    """How the fields that an answer leaves out keep the value known before: the columns, and the window they refer to."""
    own = {"account_id", "region", ID[kind], "observed_at", "retracted", "derived"}
    kept = {
        "creation_method": "first_value(creation_method ignore nulls) over filling",
        "instant": "bool_or(instant) over filling",
        "ready_observed": "bool_or(ready_observed) over filling",
        "snapshot_copies": "max(snapshot_copies) over filling",
        "flash_copies": "max(flash_copies) over filling",
    }
    columns = [
        column if column in own else f"{kept.get(column, f'last_value({column} ignore nulls) over filling')} as {column}"
        for column in content(kind)
    ]
    window = (
        f"window filling as (partition by account_id, region, {ID[kind]} order by stored desc, batch, line"
        " rows between unbounded preceding and current row)"
    )
    return ", ".join(columns), window


def _batch_row(number: int, batch: NewBatch, imported_at: str) -> Batch:
    return Batch(
        id=number,
        path=batch.path,
        kind=batch.kind,
        format=batch.format,
        fingerprint=batch.fingerprint,
        observed_at=batch.observed_at,
        imported_at=imported_at,
        read=batch.read,
        new=batch.counts.new,
        revised=batch.counts.revised,
        unchanged=batch.counts.unchanged,
        rejected=batch.rejected,
    )
