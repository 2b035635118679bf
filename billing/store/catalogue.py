"""The catalogue: a SQLite file that names everything which counts in a workspace; the only user of SQLAlchemy and Alembic.

A change is one transaction: write-ahead log, foreign keys on, every commit synced. A new workspace's catalogue is made aside and
renamed into place, so that it exists whole or not at all.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from secrets import token_hex
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlmodel import Session, SQLModel, col, func, select, update

from billing.errors import DiskFullError, WorkspaceError
from billing.store.models import Batch, Merging, QuotaObservation, RecordFile, Rejection
from billing.workspace import Workspace, sync_folder

SCHEMAS = ("0001", "0002", "0003", "0004", "0005", "0006")
"""Every schema version that this program knows, oldest first; the last is its own."""

VERSION_TABLE = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,"
    " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)
"""Alembic's own table. A new catalogue is made from the models: migrating takes longer than a small import."""

MIGRATIONS = files("billing.store") / "migrations"
"""The steps from one schema version to the next."""

BUSY_MS = 30_000


class Catalogue:
    """An open catalogue."""

    def __init__(self, path: Path) -> None:
        self.engine = _engine(path)
        self._path = path

    def close(self) -> None:
        """Let go of the file."""
        self.engine.dispose()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session; what it changed counts only after its commit."""
        with self.errors_explained(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def errors_explained(self) -> Iterator[None]:
        """Turn a full disk into DiskFullError, and what else SQLite complains about into WorkspaceError."""
        try:
            yield
        except OperationalError as error:
            if "full" in str(error.orig):
                raise DiskFullError from error
            raise WorkspaceError(
                f"the catalogue can't be used: {error.orig}", place=str(self._path)
            ) from error
        except DatabaseError as error:
            raise WorkspaceError(f"the catalogue is broken: {error.orig}", place=str(self._path)) from error

    def version(self) -> str:
        """The schema version that the file has."""
        with self.session() as session:
            return str(
                session.connection().execute(text("select version_num from alembic_version")).scalar_one()
            )

    def all_record_files(self) -> Sequence[RecordFile]:
        """All files that count, of one moment."""
        with self.session() as session:
            return session.exec(select(RecordFile).order_by(RecordFile.name)).all()

    def record_files(self, kind: str, role: str = "current") -> Sequence[RecordFile]:
        """The files that count, by name."""
        with self.session() as session:
            query = select(RecordFile).where(RecordFile.kind == kind, RecordFile.role == role)
            return session.exec(query.order_by(RecordFile.name)).all()

    def doubt_counts(self) -> None:
        """Forget of which record files it was known that their records count once."""
        with self.session() as session:
            session.execute(update(RecordFile).values(resolved=""))
            session.commit()

    def mergings(self) -> Sequence[Merging]:
        """The lineage of record files, oldest merging first."""
        with self.session() as session:
            return session.exec(select(Merging).order_by(col(Merging.id))).all()

    def last_merging(self) -> str:
        """The digest of the newest merging, empty where there is none."""
        with self.session() as session:
            query = select(Merging.sha256).order_by(col(Merging.id).desc()).limit(1)
            return session.exec(query).first() or ""

    def batches(self) -> Sequence[Batch]:
        """All batches in the order of their import."""
        with self.session() as session:
            return session.exec(select(Batch).order_by(col(Batch.id))).all()

    def last_batch_id(self) -> int:
        """The greatest batch id, 0 where there is none."""
        with self.session() as session:
            return session.exec(select(func.max(Batch.id))).one() or 0

    def batch_of(self, fingerprint: str) -> Batch | None:
        """The first batch with these bytes and options."""
        with self.session() as session:
            query = select(Batch).where(Batch.fingerprint == fingerprint).order_by(col(Batch.id)).limit(1)
            return session.exec(query).first()

    def rejections(self) -> Sequence[Rejection]:
        """The quarantine, in the order of import."""
        with self.session() as session:
            return session.exec(select(Rejection).order_by(col(Rejection.id))).all()

    def rejected_by_batch(self) -> dict[int, int]:
        """How many rows of each batch the quarantine keeps."""
        with self.session() as session:
            query = select(Rejection.batch_id, func.count()).group_by(col(Rejection.batch_id))
            return dict(session.exec(query).all())

    def quota_observations(self) -> Sequence[QuotaObservation]:
        """All observations, by account, region, quota and instant."""
        with self.session() as session:
            columns = ("account_id", "region", "quota", "observed_at")
            return session.exec(
                select(QuotaObservation).order_by(*(getattr(QuotaObservation, c) for c in columns))
            ).all()


def open_catalogue(workspace: Workspace) -> Catalogue:
    """The catalogue of an existing workspace, brought to this program's schema where it is older."""
    catalogue = Catalogue(workspace.catalogue)
    version = catalogue.version()
    if version not in SCHEMAS:
        raise WorkspaceError(
            f"was written by a newer imcost (schema {version})",
            place=str(workspace.root),
            hint="upgrade imcost",
        )
    if version != SCHEMAS[-1]:
        with workspace.writing(wait_s=60):
            _migrate(workspace.catalogue)
    return catalogue


def create_catalogue(workspace: Workspace) -> None:
    """Make the catalogue of a new workspace; the caller is its only writer."""
    aside = workspace.root / f"catalogue-{token_hex(8)}.new"
    catalogue = Catalogue(aside)
    with catalogue.session() as session:
        SQLModel.metadata.create_all(session.connection())
        session.connection().execute(text(VERSION_TABLE))
        session.connection().execute(
            text("insert into alembic_version values (:version)"), {"version": SCHEMAS[-1]}
        )
        session.commit()
        session.connection().execute(text("pragma wal_checkpoint(truncate)"))
    catalogue.close()
    os.replace(aside, workspace.catalogue)
    sync_folder(workspace.root)


def _migrate(path: Path) -> None:
    """Bring a catalogue to the newest schema."""
    from importlib.resources import as_file

    from alembic import command
    from alembic.config import Config

    catalogue = Catalogue(path)
    try:
        with catalogue.errors_explained(), as_file(MIGRATIONS) as migrations:
            config = Config()
            config.set_main_option("script_location", str(migrations).replace("%", "%%"))
            config.attributes["engine"] = catalogue.engine
            command.upgrade(config, "head")
    finally:
        catalogue.close()


def _engine(path: Path) -> Engine:
    """An engine whose transactions hold schema changes, too: left to itself, Python's sqlite3 commits before those."""
    engine = create_engine(URL.create("sqlite", database=str(path)))

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in (f"busy_timeout={BUSY_MS}", "journal_mode=wal", "foreign_keys=on", "synchronous=full"):
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("begin")

    return engine
