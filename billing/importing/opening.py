"""The first half of an import: find, take and open every input; what is unreadable is refused before anything is written."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from billing.importing.inputs import Found, Input, find, take
from billing.importing.reading import Options, Reading
from billing.importing.recognise import format_named, recognise, sample_of
from billing.importing.refusal import InputRefused


@dataclass(frozen=True, slots=True)
class Request:
    """What the command asks for. `observed_at` and `now` are RFC 3339 in UTC; None: the present moment, `now`."""

    paths: Sequence[str]
    now: str
    account: str | None = None
    region: str | None = None
    observed_at: str | None = None
    format: str | None = None
    complete: bool = False
    dry_run: bool = False

    @property
    def options(self) -> Options:
        """What fills in where a file says nothing."""
        return Options(self.account, self.region, self.observed_at or self.now)


class Watch:
    """Is told how an import gets on; this one does nothing with it."""

    def begin(self, size: int) -> None:
        """So many bytes will be read, as far as that is known."""

    def read(self, count: int) -> None:
        """So many more bytes were read."""

    def checking(self, path: str) -> None:
        """The rows of an input are being checked."""

    def checked(self, rows: int) -> None:
        """So many rows were checked."""

    def storing(self) -> None:
        """All rows are checked; now they are stored."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An input that is readable as a whole, with what identifies its bytes under the command's options."""

    input: Input
    format: str
    reading: Reading
    fingerprint: str


def open_all(request: Request, folder: Path, stdin: BinaryIO, watch: Watch) -> tuple[list[Opened], list[str]]:
    """Every input, found readable as a whole; and notes about files that were passed over."""
    forced = format_named(request.format) if request.format else None
    found, left_alone = find(request.paths)
    watch.begin(sum(each.file.stat().st_size for each in found if each.file is not None))
    opened: list[Opened] = []
    others = 0
    for number, each in enumerate(found):
        taken = take(each, folder, number, stdin=stdin, watch=watch.read)
        sample = sample_of(taken)
        format_ = forced or recognise(sample)
        if format_ is None:
            _refuse_named(each)
            others += 1
            continue
        reading = format_.open(sample, request.options)
        opened.append(Opened(taken, format_.name, reading, _fingerprint(taken, request)))
    if found and not opened:
        raise InputRefused("none of these answers carries usage records", place=request.paths[0])
    notes = []
    if left_alone:
        notes.append(f"{left_alone} files with other endings were left alone")
    if others:
        notes.append(f"{others} answers of other operations carry no usage records and were left alone")
    return opened, notes


def _refuse_named(found: Found) -> None:
    """An answer without usage records is passed over in a folder, and refused where the user named it."""
    if found.explicit:
        raise InputRefused("this answer carries no usage records", place=found.path)


def _fingerprint(taken: Input, request: Request) -> str:
    """The identity of an import: the same bytes under the same options say the same thing, whenever they are read."""
    options = [request.account, request.region, request.observed_at, request.format, request.complete]
    return sha256(json.dumps([taken.sha256, *options]).encode()).hexdigest()
