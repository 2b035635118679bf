"""A workspace: the folder that holds usage records, their catalogue, the settings and a user's own tariffs.

Lock files keep processes apart. Writers take `writer.lock` exclusively, one after the other. Readers share `readers.lock`,
and only deleting files that a reader might still open takes it exclusively, without ever waiting for it. Whoever checks alerts
takes `alerts.lock`. Locks are the
kernel's: they end with their process, however it ends.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from billing.errors import WorkspaceBusyError, WorkspaceError

POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Workspace:
    """The paths of a workspace at `root`, which need not exist."""

    root: Path

    @property
    def catalogue(self) -> Path:
        """The SQLite file that names everything else."""
        return self.root / "catalogue.sqlite"

    @property
    def records(self) -> Path:
        """The usage records: immutable Parquet files."""
        return self.root / "records"

    @property
    def staging(self) -> Path:
        """Where files are written before they count; whatever is left here is swept by the next writer."""
        return self.root / "staging"

    @property
    def tariffs(self) -> Path:
        """The user's own tariffs."""
        return self.root / "tariffs"

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.root / "imcost.toml"

    @property
    def reports(self) -> Path:
        """Where reports go that were not given another place."""
        return self.root / "reports"

    @property
    def templates(self) -> Path:
        """The user's own templates of report sections."""
        return self.root / "templates"

    def exists(self) -> bool:
        """Whether records were ever kept here."""
        return self.catalogue.is_file()

    @contextmanager
    def writing(self, wait_s: int) -> Iterator[None]:
        """Be the only writer; waits up to `wait_s` seconds for another one, then says who it is."""
        self.root.mkdir(parents=True, exist_ok=True)
        with _opened(self.root / "writer.lock") as descriptor:
            tries = max(1, int(wait_s / POLL_S))
            for _ in range(tries):
                if _lock(descriptor, fcntl.LOCK_EX):
                    break
                time.sleep(POLL_S)
            else:
                holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip() or "another process"
                raise WorkspaceBusyError(
                    f"{holder} is writing to this workspace, and did so for {wait_s} s",
                    place=str(self.root),
                    hint="try again when it is done",
                )
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"process {os.getpid()}".encode(), 0)
            yield

    @contextmanager
    def checking(self) -> Iterator[None]:
        """Be the only one that checks alerts and sends messages; says so at once where another one does."""
        with _opened(self.root / "alerts.lock") as descriptor:
            if not _lock(descriptor, fcntl.LOCK_EX):
                raise WorkspaceBusyError(
                    "another process is checking the alerts of this workspace",
                    place=str(self.root),
                    hint="nothing to do: it tells what changed",
                )
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Keep every file that the catalogue names now from being deleted. Never waits for a writer."""
        with _opened(self.root / "readers.lock") as descriptor:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            yield

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether nobody reads; nobody begins to while the block runs. Doesn't wait."""
        with _opened(self.root / "readers.lock") as descriptor:
            yield _lock(descriptor, fcntl.LOCK_EX)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise WorkspaceError(f"can't open {path.name}: {error.strerror}", place=str(path.parent)) from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Make a file's content durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
