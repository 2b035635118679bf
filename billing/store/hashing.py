"""The SHA-256 of record files, which the catalogue keeps: what a file holds is what was written, or it is not."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from hashlib import file_digest
from os import cpu_count
from pathlib import Path


def file_sha256(path: Path) -> str | None:
    """The digest of a file's bytes, as 64 hexadecimal digits; None where there is no such file."""
    try:
        with path.open("rb") as content:
            return file_digest(content, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def files_sha256(paths: Iterable[Path]) -> list[str | None]:
    """The digests of many files, in their order; hashing leaves Python to other threads, so each processor takes a file."""
    with ThreadPoolExecutor(max_workers=cpu_count() or 1) as threads:
        return list(threads.map(file_sha256, paths))
