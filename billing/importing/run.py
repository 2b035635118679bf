"""The import, step by step: find, take and open every input; only then check rows, post them, and commit once.

The order is the promise: until the last input is found readable as a whole nothing is written, and everything that one command
imports counts at the same moment, or not at all.
"""

import json
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from billing.importing.desk import Desk
from billing.importing.inputs import Found, Input, find, take
from billing.importing.loaded import Loaded, quarantine
from billing.importing.posting import Posting, posting_rank
from billing.importing.reading import Options, Reading
from billing.importing.recognise import format_named, recognise, sample_of
from billing.importing.refusal import InputRefused
from billing.importing.summary import BatchSummary, ImportSummary
from billing.store import NewBatch, Writer, create_store
from billing.warehouse import errors_explained
from billing.workspace import Workspace


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


@dataclass(slots=True)
class Outcome:
    """What the steps have found so far: every input's batch, loaded or known; `skipped` are the kinds of those known before."""

    loaded: list[Loaded] = field(default_factory=list)
    batches: list[BatchSummary | Loaded] = field(default_factory=list)
    skipped: set[str] = field(default_factory=set)


def run(
    workspace: Workspace, request: Request, *, stdin: BinaryIO, watch: Watch | None = None
) -> ImportSummary:
    """Import what the request names into the workspace, which is made where it does not exist.

    Raises InputRefused where an input is unreadable as a whole; nothing was changed then. A dry run counts and changes nothing.
    """
    watch = watch or Watch()
    with ExitStack() as stack:
        stack.enter_context(errors_explained())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="imcost-")))
        opened, notes = _open_all(request, folder, stdin, watch)
        if request.dry_run and not workspace.exists():
            workspace = Workspace(folder / "workspace")
        writer = stack.enter_context(create_store(workspace).writer())
        desk = Desk(writer.connection, writer.staging)
        outcome = _load_all(desk, writer, opened, request, watch)
        watch.storing()
        posting = Posting(desk, writer, request.complete, outcome.skipped)
        posting.post(outcome.loaded)
        if outcome.loaded and not request.dry_run:
            writer.commit(imported_at=request.now)
    batches = [_summary(each) if isinstance(each, Loaded) else each for each in outcome.batches]
    return ImportSummary(batches, posting.derived, notes + posting.notes)


def _open_all(
    request: Request, folder: Path, stdin: BinaryIO, watch: Watch
) -> tuple[list[Opened], list[str]]:
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


def _load_all(
    desk: Desk, writer: Writer, opened: Sequence[Opened], request: Request, watch: Watch
) -> Outcome:
    """Check the rows of every input whose bytes are not known yet, and put the rejected ones into quarantine.

    Batches are numbered in the order in which they will be posted: of two observations of one instant the later batch counts.
    """
    batches: dict[int, BatchSummary | Loaded] = {}
    outcome = Outcome()
    seen: dict[str, Loaded] = {}
    for place, each in sorted(enumerate(opened), key=lambda numbered: posting_rank(numbered[1].reading)):
        known = _known(writer, each, seen)
        if known is not None:
            batches[place] = known
            if each.fingerprint not in seen:
                outcome.skipped.add(known.kind)
            continue
        watch.checking(each.input.path)
        batch = NewBatch(
            each.input.path,
            each.reading.kind.name,
            each.format,
            each.fingerprint,
            request.options.observed_at,
        )
        rows = each.reading.load(desk, request.options)
        loaded = Loaded(each.reading, rows, writer.add_batch(batch), batch)
        batch.read = rows.count
        if table := quarantine(desk, loaded):
            writer.quarantine(table)
        watch.checked(rows.count)
        seen[each.fingerprint] = loaded
        outcome.loaded.append(loaded)
        batches[place] = loaded
    outcome.batches = [batches[place] for place in sorted(batches)]
    return outcome


def _known(writer: Writer, opened: Opened, seen: dict[str, Loaded]) -> BatchSummary | None:
    """The outcome for bytes that were imported before, or stand earlier in this command: nothing changes."""
    before = (
        seen[opened.fingerprint].batch
        if opened.fingerprint in seen
        else writer.known_batch(opened.fingerprint)
    )
    if before is None:
        return None
    unchanged = before.read - before.rejected
    return BatchSummary(
        opened.input.path, before.kind, before.read, unchanged=unchanged, rejected=before.rejected
    )


def _summary(loaded: Loaded) -> BatchSummary:
    batch, counts = loaded.batch, loaded.batch.counts
    return BatchSummary(
        batch.path,
        batch.kind,
        batch.read,
        counts.new,
        counts.revised,
        counts.unchanged,
        batch.rejected,
        counts.ended,
    )
