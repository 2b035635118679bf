"""Checks of the record files themselves: each lies where the catalogue names it, as it was written, and no other does."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from billing.store import Store
from billing.store.hashing import files_sha256
from billing.store.models import RecordFile


def absent_files(folder: Path, named: Mapping[str, str]) -> list[str]:
    """The names that no file stands for; `named` has the digest of each name."""
    return [name for name in named if not (folder / name).is_file()]


def changed_files(folder: Path, named: Mapping[str, str]) -> list[str]:
    """The files with another digest than they were written with; reads all of them."""
    found = files_sha256(folder / name for name in named)
    return [
        name
        for (name, digest), lying in zip(named.items(), found, strict=True)
        if lying not in (None, digest)
    ]


def resized_files(folder: Path, record_files: Iterable[RecordFile]) -> list[str]:
    """The files that aren't as long as they were written; reads none of them."""
    return [
        file.name
        for file in record_files
        if (folder / file.name).is_file() and (folder / file.name).stat().st_size != file.bytes
    ]


def unnamed_files(store: Store, seen: Sequence[str]) -> Iterator[str]:
    """The files that lie there and are neither in `seen` nor named by now: one that is being committed is no leftover."""
    folder = store.workspace.records
    lying = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    named = {*seen, *(file.name for file in store.record_files())}
    return (name for name in lying if name not in named)
