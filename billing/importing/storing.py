"""The second half of an import: check the rows of every input, post them, and commit once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from billing.importing.desk import Desk
from billing.importing.loaded import Loaded, quarantine
from billing.importing.opening import Opened, Request, Watch
from billing.importing.posting import Posting, posting_rank
from billing.importing.summary import BatchSummary, ImportSummary
from billing.store import NewBatch, Writer, create_store
from billing.workspace import Workspace


@dataclass(slots=True)
class Outcome:
    """What the steps have found so far: every input's batch, loaded or known; `skipped` are the kinds of those known before."""

    loaded: list[Loaded] = field(default_factory=list)
    batches: list[BatchSummary | Loaded] = field(default_factory=list)
    skipped: set[str] = field(default_factory=set)


def store_all(
    workspace: Workspace, opened: Sequence[Opened], notes: Sequence[str], request: Request, watch: Watch
) -> ImportSummary:
    """Store the opened inputs, all or nothing; `notes` is what was noted about them before. A dry run changes nothing."""
    with create_store(workspace).writer() as writer:
        desk = Desk(writer.connection, writer.staging)
        outcome = _load_all(desk, writer, opened, request, watch)
        watch.storing()
        posting = Posting(desk, writer, request.complete, outcome.skipped)
        posting.post(outcome.loaded)
        if outcome.loaded and not request.dry_run:
            writer.commit(imported_at=request.now)
    batches = [_summary(each) if isinstance(each, Loaded) else each for each in outcome.batches]
    return ImportSummary(batches, posting.derived, [*notes, *posting.notes])


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
