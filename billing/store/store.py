"""Opening a workspace's records: readers, which see the files that count now, and the way to a writer."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

from billing.errors import WorkspaceError
from billing.store.alert_ledger import AlertLedger
from billing.store.catalogue import Catalogue, create_catalogue, open_catalogue
from billing.store.ledger import Ledger
from billing.store.models import Batch, Merging, QuotaObservation, RecordFile, Rejection
from billing.store.schema import COLUMNS, KEYS, Kind
from billing.store.sweeping import clear_staging, sweep
from billing.store.views import define_counting, define_instances, define_view
from billing.store.writer import Writer
from billing.warehouse import Connection, connect, connect_beside, has_rows
from billing.workspace import Workspace

KINDS = ("instances", "caches", "keys")
ROLES = ("current", "history")

COUNTING: dict[str, tuple[str, Kind]] = {
    "instance_records": ("every_instance_posting", "instances"),
    "cache_records": ("cache_postings", "caches"),
}
"""The views of the versions that count, and the journals that they are of."""

WAIT_S = 600
"""How long a writer waits for others: long enough for a few large imports."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The files that count, held fast: nothing that is named here is deleted while the reader is open.

    With `last_batch` it sees the journal as it stood after that batch, whatever was posted or compacted since. With `database`
    all its connections are to that one, whose views are made once.
    """

    workspace: Workspace
    files: Mapping[tuple[str, str], Sequence[RecordFile]]
    last_batch: int | None = None
    database: "Connection | None" = field(default=None, compare=False)

    def at(self, last_batch: int) -> "Reader":
        """The same files, read as they stood after a batch."""
        return replace(self, last_batch=last_batch, database=None)

    @contextmanager
    def sharing(self) -> Iterator["Reader"]:
        """The same reader for one who asks much: opening a database and its files again takes longer than most questions."""
        with self.connection() as database:
            yield replace(self, database=database)

    @contextmanager
    def between(self, from_s: int, until_s: int) -> Iterator[Connection]:
        """A connection with the views of schema.py, whose instances may be only those that touch [from_s, until_s).

        `instance_postings` leaves out files that lie outside the interval, and has the columns PLAIN;
        `every_instance_posting` has all files, `cache_postings` and `cache_keys` are always whole.
        """
        if self.database is not None:
            name = f"between_{from_s}_{until_s}".replace("-", "before_")
            self.database.execute(f"create schema if not exists {name}")
            with connect_beside(self.database, f"{name},main") as connection:
                if not has_rows(connection, f"from duckdb_views() where schema_name = '{name}'"):
                    self._define_touching(connection, from_s, until_s)
                yield connection
            return
        with self.connection() as connection:
            self._define_touching(connection, from_s, until_s)
            yield connection

    def _define_touching(self, connection: Connection, from_s: int, until_s: int) -> None:
        touching = self._touching(from_s, until_s)
        define_instances(connection, "instance_postings", self.workspace.records, touching, self.last_batch)

    def files_between(self, from_s: int, until_s: int) -> list[RecordFile]:
        """The files behind the views of `between`: instances that may touch the interval, all caches and keys."""
        return [*self._touching(from_s, until_s), *self._postings("caches"), *self.files["keys", "current"]]

    def _touching(self, from_s: int, until_s: int) -> list[RecordFile]:
        return [
            file
            for file in self._postings("instances")
            if file.from_s < until_s
            and (file.until_s > from_s or (file.until_s == from_s and not file.plain))
        ]

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection with whole views: `every_instance_posting`, `cache_postings`, `cache_keys`, and the same of what
        compaction set aside: `instance_history`, `cache_history`; `instance_records` and `cache_records` have only the
        postings of the versions that count. A reader `at` a batch has it among the postings."""
        if self.database is not None:
            with connect_beside(self.database, "main") as connection:
                yield connection
            return
        views = (
            ("every_instance_posting", "instances", self._postings("instances")),
            ("cache_postings", "caches", self._postings("caches")),
            ("instance_history", "instances", self.files["instances", "history"]),
            ("cache_history", "caches", self.files["caches", "history"]),
        )
        with connect(self.workspace.root) as connection:
            for name, kind, record_files in views:
                self._define(connection, name, kind, record_files)
            for name, (postings, kind) in COUNTING.items():
                reversals = any(file.reversals for file in self._postings(kind))
                define_counting(connection, name, postings, reversals=reversals)
            define_view(connection, "cache_keys", KEYS, self._paths(self.files["keys", "current"]))
            yield connection

    def _postings(self, kind: str) -> Sequence[RecordFile]:
        """The files that metering reads; what was set aside since still counted after an earlier batch."""
        current = self.files[kind, "current"]
        return current if self.last_batch is None else [*current, *self.files[kind, "history"]]

    def _define(
        self, connection: Connection, name: str, kind: str, record_files: Sequence[RecordFile]
    ) -> None:
        define_view(connection, name, COLUMNS[kind], self._paths(record_files), self.last_batch)

    def _paths(self, record_files: Sequence[RecordFile]) -> list[Path]:
        return [self.workspace.records / file.name for file in record_files]


class Store:
    """A workspace's records. Opening migrates an older workspace and refuses a newer one."""

    def __init__(self, workspace: Workspace, catalogue: Catalogue) -> None:
        self.workspace = workspace
        self._catalogue = catalogue

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """What counts at this moment; never waits for a writer."""
        with self.workspace.reading():
            files: dict[tuple[str, str], list[RecordFile]] = {key: [] for key in product(KINDS, ROLES)}
            for file in self.record_files():
                files[file.kind, file.role].append(file)
            yield Reader(self.workspace, files)

    @contextmanager
    def writer(self, wait_s: int = WAIT_S) -> Iterator[Writer]:
        """The only writer; leaving without `commit()` discards everything. Leftovers of a crash are swept first."""
        with self.workspace.writing(wait_s):
            sweep(self.workspace, self._catalogue)
            try:
                with connect(self.workspace.staging) as connection:
                    yield Writer(self.workspace, self._catalogue, connection)
            except BaseException:
                clear_staging(self.workspace)
                raise
            sweep(self.workspace, self._catalogue)

    @property
    def alerts(self) -> AlertLedger:
        """The states of alerts, their history and their messages."""
        return AlertLedger(self._catalogue)

    @property
    def ledger(self) -> Ledger:
        """The books: statements of closed months, and the audit trail."""
        return Ledger(self._catalogue)

    def last_batch_id(self) -> int:
        """The id of the batch that was imported last, 0 where there is none."""
        return self._catalogue.last_batch_id()

    def batches(self) -> Sequence[Batch]:
        """All imported files."""
        return self._catalogue.batches()

    def rejected_by_batch(self) -> Mapping[int, int]:
        """How many rows of each batch the quarantine keeps."""
        return self._catalogue.rejected_by_batch()

    def doubt_counts(self) -> None:
        """Records were found that count twice: forget of which files it was known that none does."""
        self._catalogue.doubt_counts()

    def mergings(self) -> Sequence[Merging]:
        """The lineage of record files: every merging that compaction did."""
        return self._catalogue.mergings()

    def last_merging(self) -> str:
        """The digest of the newest merging, empty where there is none."""
        return self._catalogue.last_merging()

    def rejections(self) -> Sequence[Rejection]:
        """The quarantine."""
        return self._catalogue.rejections()

    def quota_observations(self) -> Sequence[QuotaObservation]:
        """All quota observations."""
        return self._catalogue.quota_observations()

    def record_files(self) -> Sequence[RecordFile]:
        """Every file that counts, whatever its kind and role, of one moment."""
        return self._catalogue.all_record_files()


def open_store(workspace: Workspace) -> Store:
    """The store of an existing workspace; WorkspaceError where there is none, or a newer one."""
    if not workspace.exists():
        raise WorkspaceError(
            "there is no workspace here",
            place=str(workspace.root),
            hint="make one with imcost init, or name another",
        )
    return Store(workspace, open_catalogue(workspace))


def create_store(workspace: Workspace) -> Store:
    """The store of a workspace, which is made where it doesn't exist."""
    if not workspace.exists():
        with workspace.writing(WAIT_S):
            if not workspace.exists():
                workspace.records.mkdir(parents=True, exist_ok=True)
                _refuse_orphans(workspace)
                create_catalogue(workspace)
    return open_store(workspace)


def _refuse_orphans(workspace: Workspace) -> None:
    """Records without their catalogue are no leftovers: a new catalogue would let them be swept."""
    if any(workspace.records.iterdir()):
        raise WorkspaceError(
            "there are records here, but no catalogue that names them",
            place=str(workspace.records),
            hint=f"bring {workspace.catalogue.name} back from a backup, or use another folder",
        )
