"""Writing: postings are staged as Parquet, and one transaction of the catalogue makes all of them count.

`post` turns rows into versions and reversals; `commit` moves the staged files into place, syncs them, and names them together
with the batches, the quarantine and the quota observations. Everything before that transaction is as if it had not happened.
"""

import itertools
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_hex
from typing import Any, NamedTuple

from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, col, delete, insert

from billing.errors import DiskFullError
from billing.store.catalogue import Catalogue
from billing.store.compaction import compact, paying, refuse_lost_rows
from billing.store.hashing import files_sha256
from billing.store.layout import StagedFile, describe, write_all, write_postings
from billing.store.lineage import add_merging
from billing.store.models import Batch, QuotaObservation, RecordFile, Rejection
from billing.store.resolution import POSTINGS, Outcome, begins_sql, make_missing, postings_sql, resolve
from billing.store.schema import COLUMNS, KEYS, Kind
from billing.store.views import define_view
from billing.warehouse import Connection, errors_explained
from billing.workspace import Workspace, sync_file, sync_folder

ROWS_AT_ONCE = 10_000
MOVED_AT_ONCE = 4
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


class Writer:
    """The one writer of a workspace, within `Store.writer()`.

    `connection` has the views `instance_postings`, `cache_postings` and `cache_keys`, which include what was staged so far.
    Relations that are handed over have the content columns of schema.py, `batch` (from `add_batch`) and `line`.
    """

    def __init__(self, workspace: Workspace, catalogue: Catalogue, connection: Connection) -> None:
        self.connection = connection
        self._workspace = workspace
        self._catalogue = catalogue
        self._first_batch = catalogue.last_batch_id() + 1
        self._batches: list[NewBatch] = []
        self._ended = 0
        self._staged: list[StagedFile] = []
        self._rejections: list[str] = []
        self._quotas: list[str] = []
        connection.execute(f"create temp table new_keys ({', '.join(map(' '.join, KEYS.items()))})")
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

    def post(
        self, kind: Kind, incoming: str, *, merge: bool = False, complete: bool = False
    ) -> dict[int, BatchCounts]:
        """Post the rows of the relation `incoming`; gives each batch's counts, which are kept for its commit.

        `merge`: fields that are null keep the value that is known. `complete`: the relation lists everything of each account
        and region in it, so known open records that are missing ended.
        """
        counts = {
            batch: BatchCounts(*found) for batch, found in self._post(kind, incoming, merge=merge).items()
        }
        if complete:
            missing = make_missing(self.connection, kind, incoming, last_line=-self._ended)
            for batch, ended in self._post(kind, missing, merge=False).items():
                counts[batch] = counts[batch]._replace(ended=ended.revised)
                self._ended += ended.revised
        for batch, found in counts.items():
            self._batches[batch - self._first_batch].counts = found
        return counts

    def _post(self, kind: Kind, incoming: str, *, merge: bool) -> dict[int, Outcome]:
        outcomes = resolve(self.connection, kind, incoming, merge=merge)
        posted = self._first_batch + len(self._batches) - 1
        rows = postings_sql(self.connection, kind, posted=posted)
        written = write_postings(
            self.connection, kind, rows, self._workspace.staging, begins=begins_sql(kind)
        )
        self._staged += (replace(file, resolved=True) for file in written)
        self._define_views()
        return outcomes

    def post_quotas(self, incoming: str) -> dict[int, BatchCounts]:
        """Keep quota observations; the later batch replaces an observation of the same instant."""
        known = {
            (o.account_id, o.region, o.quota, o.observed_at): (o.limit, o.used)
            for o in self._catalogue.quota_observations()
        }
        counts: dict[int, BatchCounts] = {}
        rows = itertools.chain.from_iterable(self._quota_rows(incoming))
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
            named = self._move_all(self._staged)
            sync_folder(self._workspace.records)
            with self._catalogue.session() as session:
                for number, batch in enumerate(self._batches, start=self._first_batch):
                    session.add(_batch_row(number, batch, imported_at))
                session.flush()
                session.add_all(named)
                for relation in self._rejections:
                    query = (
                        f"select batch, path, line, raw, code, message from {relation} order by batch, line"
                    )
                    for rows in self._chunks(query):
                        session.execute(
                            insert(Rejection), [dict(zip(REJECTION, row, strict=True)) for row in rows]
                        )
                for relation in self._quotas:
                    self._write_quotas(session, relation)
                session.commit()
        self._staged.clear()
        self.compact_where_it_pays()

    def compact_where_it_pays(self) -> None:
        """Merge files where there is something to gain by it; a disk that is too full for that leaves them as they are."""
        for kind in POSTINGS:
            try:
                if files_to_merge := paying(self._catalogue.record_files(kind)):
                    self.compact(kind, files_to_merge)
            except DiskFullError:
                return

    def compact(self, kind: Kind, files_to_merge: Sequence[RecordFile]) -> None:
        """Replace current files by fewer without the pairs of versions and reversals; the versions become history.

        Files that are not as they were written are left alone: what is wrong with them must stay in sight.
        """
        lying = files_sha256(self._workspace.records / file.name for file in files_to_merge)
        if lying != [file.sha256 for file in files_to_merge]:
            return
        resolved = all(file.counts_once for file in files_to_merge)
        made = compact(self.connection, self._workspace, kind, files_to_merge)
        named = self._move_all([replace(file, resolved=resolved) for file in made])
        refuse_lost_rows(files_to_merge, named)
        sync_folder(self._workspace.records)
        with self._catalogue.session() as session:
            session.exec(
                delete(RecordFile).where(col(RecordFile.name).in_([file.name for file in files_to_merge]))
            )
            session.add_all(named)
            add_merging(session, kind, files_to_merge, named)
            session.commit()
        self._define_views()

    def _stage_keys(self) -> None:
        keys = write_all(self.connection, "keys", "new_keys", self._workspace.staging)
        if keys is not None:
            self._staged.append(keys)

    def _move_all(self, staged: Sequence[StagedFile]) -> list[RecordFile]:
        """Give staged files their durable places and describe them; they count only when the catalogue names them.

        Several at once: one waits for the disk while another is digested.
        """
        with ThreadPoolExecutor(max_workers=MOVED_AT_ONCE) as beside:
            return list(beside.map(self._move, staged))

    def _move(self, file: StagedFile) -> RecordFile:
        name = f"{file.kind}-{token_hex(8)}.parquet"
        sync_file(file.path)
        row = describe(self.connection.cursor(), file, name)
        os.rename(file.path, self._workspace.records / name)
        return row

    def _chunks(self, query: str) -> Iterator[list[tuple[Any, ...]]]:
        found = self.connection.execute(query)
        while rows := found.fetchmany(ROWS_AT_ONCE):
            yield rows

    def _quota_rows(self, relation: str) -> Iterator[list[tuple[Any, ...]]]:
        """Observations in the order in which they replace one another, with their instant as the catalogue has it."""
        return self._chunks(
            f'select batch, account_id, region, quota, "limit", used, '
            f"strftime(observed_at, '%Y-%m-%dT%H:%M:%S.%fZ') from {relation} order by batch, line"
        )

    def _write_quotas(self, session: Session, relation: str) -> None:
        names = ("batch_id", "account_id", "region", "quota", "limit", "used", "observed_at")
        upsert = sqlite_insert(QuotaObservation)
        upsert = upsert.on_conflict_do_update(
            index_elements=["account_id", "region", "quota", "observed_at"],
            set_={name: upsert.excluded[name] for name in ("batch_id", "limit", "used")},
        )
        for rows in self._quota_rows(relation):
            session.execute(upsert, [dict(zip(names, row, strict=True)) for row in rows])

    def _define_views(self) -> None:
        for kind, view in POSTINGS.items():
            paths = [self._workspace.records / file.name for file in self._catalogue.record_files(kind)]
            paths += [file.path for file in self._staged if file.kind == kind]
            define_view(self.connection, view, COLUMNS[kind], paths)
        paths = [self._workspace.records / file.name for file in self._catalogue.record_files("keys")]
        define_view(self.connection, "stored_keys", KEYS, paths)
        columns = ", ".join(KEYS)
        self.connection.execute(
            "create or replace temp view cache_keys as "
            f"select {columns} from stored_keys union all select {columns} from new_keys"
        )


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
