"""Checks of the record files themselves: each lies where the catalogue names it, as it was written, and no other does."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import file_digest
from pathlib import Path

from billing.store import Store


def absent_files(folder: Path, named: Mapping[str, str]) -> list[str]:
    """The names that no file stands for; `named` has the digest of each name."""
    return [name for name in named if not (folder / name).is_file()]


def changed_files(folder: Path, named: Mapping[str, str]) -> list[str]:
    """The files with another digest than they were written with; reads all of them."""
    return [name for name, digest in named.items() if _digest(folder / name) not in (None, digest)]


def unnamed_files(store: Store, seen: Sequence[str]) -> Iterator[str]:
    """The files that lie there and are neither in `seen` nor named by now: one that is being committed is no leftover."""
    folder = store.workspace.records
    lying = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    named = {*seen, *(file.name for file in store.record_files())}
    return (name for name in lying if name not in named)


def _digest(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()
