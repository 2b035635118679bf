"""A full disk is one sentence and changes nothing, whatever of an import no longer fits."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from billing.errors import DiskFullError
from billing.store import NewBatch, Store
from tests.store.journal import IMPORTED_AT, Seen, current, empty_store, keep

DISK_KB = 6 * 1024
SPARE_KB = (0, 8, 40, 80, 160, 320, 640, 1280, 2560)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with little room; needs the right to mount."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_KB}k", "tmpfs", str(folder)], check=False
    )
    if mount.returncode != 0:
        pytest.skip("mounting a small file system is not permitted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def filled(disk: Path, *, spare_kb: int) -> Iterator[None]:
    """The disk with only so much room left."""
    room = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize - spare_kb * 1024
    filler = disk / "filler"
    with filler.open("wb") as target:
        os.posix_fallocate(target.fileno(), 0, max(room, 1))
    yield
    filler.unlink()


def much(store: Store) -> None:
    """An import of many different rows, and of many that were rejected."""
    with store.writer() as writer:
        batch = writer.add_batch(
            NewBatch("much", "instances", "csv", "much", IMPORTED_AT, read=23_000, rejected=3_000)
        )
        writer.connection.execute(
            f"""create temp table incoming as select {batch} as batch, i as line, 'a' as account_id, 'r' as region,
            md5(i::varchar) as instance_id, md5((i + 1)::varchar) as cache_id, 1::bigint as vcpu_micro,
            1::bigint as memory_micro, null::bigint as extra_ephemeral_micro, make_timestamp(i * 1000000) as started_at,
            null::timestamp as ended_at, make_timestamp(i * 1000000) as observed_at, null::varchar as tags,
            false as retracted, null::varchar as derived from range(1, 20001) as r(i)"""
        )
        writer.post("instances", "incoming")
        writer.connection.execute(
            f"""create temp table refused as select {batch} as batch, 'f' as path, i as line, md5(i::varchar) as raw,
            'bad_value' as code, 'no' as message from range(3000) as r(i)"""
        )
        writer.quarantine("refused")
        writer.commit(imported_at=IMPORTED_AT)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_full_disk_changes_nothing(disk: Path) -> None:
    store = empty_store(disk / "workspace")
    keep(store, [Seen("i-1", 1)], name="first")
    before = current(store), store.batches()
    refusals = []
    for spare_kb in SPARE_KB:
        with filled(disk, spare_kb=spare_kb):
            try:
                much(store)
            except DiskFullError as error:
                refusals.append(str(error))
            else:
                break
            assert (current(store), store.batches()) == before
    assert 0 < len(refusals) < len(SPARE_KB)
    assert set(refusals) == {
        "there is no room left on the disk; nothing was changed: make room and run it again"
    }
    assert len(current(store)) == 20_001
    assert len(store.rejections()) == 3_000
