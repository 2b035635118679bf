"""The files that an import reads: paths, globs, folders and standard input become plain local files with a digest.

This module owns decompression. What is delivered compressed, or through a pipe, is written plain into the staging folder;
what is plain already is linked there, so that the name that SQL sees is ours, whatever the file is called. Symbolic links to
folders are followed once: a loop ends.
"""

import errno
import glob
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, BinaryIO, Protocol

import zstandard

from billing.importing.refusal import InputRefused

STDIN = "-"
CHUNK = 4 << 20

RECORD_SUFFIXES = frozenset({".csv", ".parquet", ".json", ".jsonl", ".ndjson"})
PACKED_SUFFIXES = frozenset({".gz", ".zst", ".zstd"})
"""In a folder, only files with these endings are read; what is named on the command line is read whatever it is called."""

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"

FEED = 4096
"""Bytes unpacked at a time: what becomes of so few always fits in memory (zstd makes at most 128 KiB of every 4 bytes)."""

BOMB_BYTES = 1 << 30
BOMB_RATIO = 1000
"""No usage records compress a thousandfold: what expands to more than this at that ratio is refused."""


class Hash(Protocol):
    """What a digest is made with."""

    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


class Frame(Protocol):
    """One compressed stream being unpacked; zlib and zstandard agree on this much."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Found:
    """A file that an argument of the command led to; `explicit` says that the user named it (not its folder)."""

    path: str
    file: Path | None
    explicit: bool


@dataclass(frozen=True, slots=True)
class Input:
    """One file to import: `path` is its name for people, `file` its plain content under a name of ours.

    `sha256` is the digest of the bytes as delivered, `size` the number of plain bytes, `lines` that of the lines up to the
    last that is not empty, counted by their line feeds.
    """

    path: str
    file: Path
    sha256: str
    size: int
    lines: int
    explicit: bool


def find(paths: Iterable[str]) -> tuple[list[Found], int]:
    """The files behind the arguments, in their order, folders sorted; and how many files of other endings were left alone.

    Refuses what does not exist, what matches nothing and folders without a single record file.
    """
    found: list[Found] = []
    left_alone = 0
    for path in paths:
        if path == STDIN:
            found.append(Found(STDIN, None, explicit=True))
        elif os.path.isdir(path):
            inside, others = _in_folder(path)
            found += inside
            left_alone += others
        elif os.path.lexists(path):
            found.append(_file(path))
        else:
            found += _matching(path)
    return found, left_alone


def _matching(pattern: str) -> list[Found]:
    if not glob.has_magic(pattern):
        raise InputRefused("there is no such file or folder", place=pattern)
    matches = [path for path in sorted(glob.glob(pattern, recursive=True)) if not os.path.isdir(path)]
    if not matches:
        raise InputRefused("no file matches", place=pattern)
    return [_file(path) for path in matches]


def _file(path: str) -> Found:
    file = Path(path)
    if not file.exists():
        raise InputRefused("the link leads nowhere", place=path)
    if not file.is_file() and not file.is_fifo():
        raise InputRefused("this is neither a file nor a folder", place=path)
    return Found(_shown(path), file, explicit=True)


def _in_folder(folder: str) -> tuple[list[Found], int]:
    """The record files of a folder and all below it, sorted by path; and the number of the other files."""
    seen: set[str] = set()
    paths: list[str] = []
    left_alone = 0
    for where, folders, names in os.walk(folder, followlinks=True, onerror=_unreadable):
        real = os.path.realpath(where)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            if _is_record_file(name) and os.path.isfile(os.path.join(where, name)):
                paths.append(os.path.join(where, name))
            else:
                left_alone += 1
    if not paths:
        endings = ", ".join(sorted(RECORD_SUFFIXES))
        raise InputRefused(
            "the folder holds no usage records", place=folder, hint=f"files must end in {endings}"
        )
    return [Found(_shown(path), Path(path), explicit=False) for path in sorted(paths)], left_alone


def _shown(path: str) -> str:
    """A path as text: names are bytes, and those that are no UTF-8 are shown with escapes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _is_record_file(name: str) -> bool:
    stem, suffix = os.path.splitext(name.lower())
    if suffix in PACKED_SUFFIXES:
        suffix = os.path.splitext(stem)[1]
    return suffix in RECORD_SUFFIXES and not name.startswith(".")


def _unreadable(error: OSError) -> None:
    raise InputRefused(f"can't be read: {error.strerror}", place=str(error.filename))


def take(found: Found, staging: Path, number: int, *, stdin: BinaryIO, watch: Callable[[int], None]) -> Input:
    """The file as a plain local one in the staging folder, digested; `watch` is told of every number of bytes read.

    Refuses empty files, broken compression and what expands beyond all measure; a full disk stays an OSError.
    """
    plain = staging / f"input-{number}"
    digest = sha256()
    try:
        with _opened(found, stdin) as delivered:
            head = _read_fully(delivered, 4)
            chunks = _digested(head, delivered, digest, watch)
            regular_file = found.file is not None and found.file.is_file()
            packing = "gzip" if head[:2] == GZIP else "zstd" if head == ZSTD else None
            if packing is not None:
                size, lines = _write(_unpacked(packing, chunks, found.path), plain)
            elif regular_file and found.file is not None:
                size, lines = _measure(chunks)
                plain.symlink_to(found.file.absolute())
            else:
                size, lines = _write(chunks, plain)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise InputRefused(f"can't be read: {error.strerror or error}", place=found.path) from error
    if lines == 0:
        raise InputRefused("the file is empty", place=found.path)
    return Input(found.path, plain, digest.hexdigest(), size, lines, found.explicit)


def _opened(found: Found, stdin: BinaryIO) -> IO[bytes]:
    if found.file is None:
        return os.fdopen(os.dup(stdin.fileno()), "rb") if _has_fileno(stdin) else stdin
    return found.file.open("rb")


def _has_fileno(stream: BinaryIO) -> bool:
    try:
        stream.fileno()
    except OSError:
        return False
    return True


def _read_fully(stream: IO[bytes], count: int) -> bytes:
    """The first bytes of a stream, even where a pipe delivers them one by one."""
    data = b""
    while len(data) < count and (more := stream.read(count - len(data))):
        data += more
    return data


def _digested(head: bytes, rest: IO[bytes], digest: Hash, watch: Callable[[int], None]) -> Iterator[bytes]:
    """The chunks of the head and the rest; each is digested beside whatever the caller does with it."""
    chunk = head
    with ThreadPoolExecutor(max_workers=1) as beside:
        while chunk:
            digesting = beside.submit(digest.update, chunk)
            watch(len(chunk))
            yield chunk
            chunk = rest.read(CHUNK)
            digesting.result()


def _unpacked(packing: str, packed: Iterator[bytes], path: str) -> Iterator[bytes]:
    """The plain bytes of gzip or zstd data, frame by frame.

    The libraries' own stream readers are not used: that of zstd takes a file that breaks off for one that ends.
    """
    frame, plain, size, delivered = None, b"", 0, 0
    try:
        for chunk in packed:
            for rest in (chunk[at : at + FEED] for at in range(0, len(chunk), FEED)):
                delivered += len(rest)
                while rest:
                    if frame is None or frame.eof:
                        frame = _new_frame(packing)
                    plain = frame.decompress(rest)
                    rest = frame.unused_data if frame.eof else b""
                    size += len(plain)
                    yield plain
                if size > BOMB_BYTES and size > BOMB_RATIO * delivered:
                    raise InputRefused("the compressed file expands beyond all measure", place=path)
        if frame is None or not frame.eof:
            raise EOFError
    except (zlib.error, EOFError, zstandard.ZstdError) as error:
        raise InputRefused(
            f"its {packing} compression is broken", place=path, hint="fetch the file again"
        ) from error


def _new_frame(packing: str) -> Frame:
    return zlib.decompressobj(wbits=31) if packing == "gzip" else zstandard.ZstdDecompressor().decompressobj()


def _write(chunks: Iterator[bytes], plain: Path) -> tuple[int, int]:
    with plain.open("wb") as target:
        return _measure(_teed(chunks, target))


def _teed(chunks: Iterator[bytes], target: IO[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        target.write(chunk)
        yield chunk


def _measure(chunks: Iterator[bytes]) -> tuple[int, int]:
    """The number of bytes, and of lines up to the last that is not empty."""
    size = newlines = trailing = 0
    filled = False
    for chunk in chunks:
        size += len(chunk)
        newlines += chunk.count(b"\n")
        content = len(chunk.rstrip(b"\r\n"))
        trailing = chunk.count(b"\n", content) + (0 if content else trailing)
        filled = filled or content > 0
    return size, newlines - trailing + 1 if filled else 0
