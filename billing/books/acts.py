"""What changes the books: closing a month, reopening the one that was closed last, and pricing a closed month anew.

Each act is one entry of the audit trail, written in one transaction with all that belongs to it, by the only writer of the
workspace: whoever comes second finds the month closed.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from billing.books.corrections import Correction, pending
from billing.books.making import Inputs, Made, chained, make
from billing.books.reading import (
    as_closed,
    first_open_month,
    frozen_tariffs,
    open_month_with_usage,
    refuse_other_currency,
)
from billing.books.statement import Statement
from billing.books.trail import Act, Trail, next_entry, read_trail
from billing.canonical import digest
from billing.checks import Finding, closing_errors
from billing.errors import UsageError
from billing.pipeline import collector_paused
from billing.store import Reader, Store
from billing.store.ledger import SealedText
from billing.store.store import WAIT_S
from rules.period import Month, epoch_s, rfc3339
from rules.tariff import Tariff, freeze

Signer = Callable[[str], str]
"""Gives the signature of a digest, as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseRequest:
    """What is to be closed, and who asks for it.

    now: the present moment. settling_s: how long after its end a month may be closed. allow_estimates, allow_unrated: close
    although lines rest on estimates, or quantities have no price; the statements are then marked.
    """

    month: Month
    now: datetime
    tariff: Tariff
    user: str
    program: str
    settling_s: int = 0
    allow_estimates: bool = False
    allow_unrated: bool = False
    signer: Signer | None = None


def close(store: Store, request: CloseRequest) -> list[Statement]:
    """Freeze a month and give its statements; a UsageError says why it can't be closed, and nothing was changed then."""
    month = request.month
    ready_s = month.until_s + request.settling_s
    if epoch_s(request.now) < ready_s:
        raise UsageError(
            f"{month.label} can't be closed before {rfc3339(ready_s)}",
            hint="close it once it is over and settled",
        )
    with store.workspace.writing(WAIT_S), collector_paused():
        ledger = store.ledger
        trail = read_trail(ledger.entries())
        _refuse_closed(trail, month)
        content = freeze(request.tariff)
        with store.reader() as reader, ThreadPoolExecutor(max_workers=1) as thread:
            read = reader.files_between(month.from_s, month.until_s)
            checked = thread.submit(closing_errors, store, reader, month, as_of=request.now)
            inputs = Inputs(
                month=month,
                version=len(trail.versions(month)) + 1,
                as_of=request.now,
                last_batch=store.last_batch_id(),
                tariff=request.tariff,
                content_sha256=digest(content),
                closed_at=rfc3339(request.now),
                closed_by=request.user,
                program=request.program,
                record_files=tuple(sorted(file.sha256 for file in read)),
                lineage=store.last_merging(),
            )
            try:
                _refuse_out_of_order(reader, trail, month)
                made = make(reader, ledger, trail, inputs, frozen_tariffs(ledger))
                _refuse_carried_elsewhere(reader, trail, made, month)
            finally:
                _refuse_broken(checked.result())
        refuse_other_currency(trail, made.carried, request.tariff)
        _refuse_unsure(made, request)
        sealed = chained(made.documents, ledger.last_statement())
        if request.signer is not None:
            sealed = [text._replace(signature=request.signer(text.sha256)) for text in sealed]
        entry = next_entry(trail, _close_details(made, sealed, inputs, request))
        frozen = SealedText(content, inputs.content_sha256)
        ledger.append(entry, statements=sealed, tariff=frozen)
        return [as_closed(document, text) for document, text in zip(made.documents, sealed, strict=True)]


def reopen(store: Store, month: Month, *, reason: str, user: str, now: datetime) -> Act:
    """Open the month again that was closed last; its statements stay readable as a version that no longer holds."""
    _refuse_no_reason(reason)
    with store.workspace.writing(WAIT_S):
        trail = read_trail(store.ledger.entries())
        closed = _closed_act(trail, month)
        last = trail.last_close
        if closed != last:
            assert last is not None
            raise UsageError(
                f"{month.label} is not the month that was closed last: that is {last.month.label}",
                hint=f"its corrections stand on later statements; reopen {last.month.label} first",
            )
        store.ledger.append(next_entry(trail, _details("reopen", closed, reason=reason, user=user, now=now)))
        return read_trail(store.ledger.entries()).acts[-1]


def correct(
    store: Store, month: Month, *, tariff: Tariff, reason: str, user: str, now: datetime, apply: bool
) -> tuple[Correction, ...]:
    """The corrections of pricing a closed month anew by a tariff; with `apply` they stand on the first open month.

    Without it nothing is changed. Usage that arrives later is priced by the new tariff, too.
    """
    if apply:
        _refuse_no_reason(reason)
    content = freeze(tariff)
    sha256 = digest(content)
    with store.workspace.writing(WAIT_S):
        ledger = store.ledger
        trail = read_trail(ledger.entries())
        closed = _closed_act(trail, month)
        if closed.details["currency"] != tariff.currency:
            raise UsageError(
                f"{month.label} was closed in {closed.details['currency']}, tariff {tariff.id} is in {tariff.currency}",
                place="--tariff",
                hint="a month keeps its currency",
            )
        details = _details("correct", closed, reason=reason, user=user, now=now)
        details["tariff"] = {"id": tariff.id, "digest": tariff.digest, "content_sha256": sha256}
        entry = next_entry(trail, details)
        frozen = frozen_tariffs(ledger)
        corrected = Trail([*trail.acts, _act(entry, details, len(trail.acts) + 1, closed)])
        with store.reader() as reader:
            found = pending(
                reader,
                ledger,
                corrected,
                as_of_s=epoch_s(now),
                tariffs=lambda wanted: tariff if wanted == sha256 else frozen(wanted),
            )
        if apply:
            ledger.append(entry, tariff=SealedText(content, sha256))
    return tuple(each for each in found.corrections if each.month == month and each.kind == "price")


def _close_details(
    made: Made, sealed: list[SealedText], inputs: Inputs, request: CloseRequest
) -> dict[str, Any]:
    statements = [
        {
            "account_id": document["account_id"],
            "statement_id": document["statement_id"],
            "sha256": text.sha256,
        }
        for document, text in zip(made.documents, sealed, strict=True)
    ]
    return {
        "action": "close",
        "month": inputs.month.label,
        "version": inputs.version,
        "at": inputs.closed_at,
        "by": inputs.closed_by,
        "reason": None,
        "currency": request.tariff.currency,
        "allow_estimates": request.allow_estimates,
        "allow_unrated": request.allow_unrated,
        **made.frozen,
        "record_files": list(inputs.record_files),
        "statements": statements,
    }


def _details(action: str, closed: Act, *, reason: str, user: str, now: datetime) -> dict[str, Any]:
    return {
        "action": action,
        "month": closed.month.label,
        "version": closed.version,
        "at": rfc3339(now),
        "by": user,
        "reason": reason,
    }


def _act(entry: SealedText, details: dict[str, Any], number: int, closed: Act) -> Act:
    return Act(number, 0, details["action"], closed.month, closed.version, details, entry.sha256)


def _refuse_closed(trail: Trail, month: Month) -> None:
    if (act := trail.close_of(month)) is not None:
        raise UsageError(
            f"{month.label} is closed already: {act.details['by']} closed it at {act.details['at']}",
            hint="what arrives later becomes corrections; to open it again, use imcost reopen",
        )


def _closed_act(trail: Trail, month: Month) -> Act:
    if (act := trail.close_of(month)) is None:
        raise UsageError(f"{month.label} is not closed", hint="imcost statement shows it as it stands")
    return act


def _refuse_no_reason(reason: str) -> None:
    if not reason.strip():
        raise UsageError("a reason is needed", place="--reason", hint="say why: the audit trail keeps it")


def _refuse_broken(errors: Sequence[Finding]) -> None:
    if errors:
        names = ", ".join(finding.check.name for finding in errors)
        raise UsageError(
            f"the workspace has errors: {names}", hint="see imcost check, and put them right first"
        )


def _refuse_out_of_order(reader: Reader, trail: Trail, month: Month) -> None:
    earlier = open_month_with_usage(reader, trail, month)
    if earlier is not None:
        raise UsageError(
            f"{month.label} can't be closed before {earlier.label}, in which records exist",
            hint=f"close {earlier.label} first",
        )


def _refuse_carried_elsewhere(reader: Reader, trail: Trail, made: Made, month: Month) -> None:
    """Corrections stand on the first open month; it has to be closed before a later one."""
    first = first_open_month(reader, trail)
    if first is not None and first < month and (made.carried.corrections or made.carried.unrated):
        raise UsageError(
            f"{month.label} can't be closed before {first.label}, whose statement carries corrections",
            hint=f"close {first.label} first",
        )


def _refuse_unsure(made: Made, request: CloseRequest) -> None:
    """Refuse what rests on estimates or has no price, unless that was allowed."""
    marked = {mark for document in made.documents for mark in document["marks"]}
    for mark, allowed, what, option in (
        ("unrated", request.allow_unrated, "quantities without a price", "--allow-unrated"),
        ("estimated", request.allow_estimates, "lines that rest on estimates", "--allow-estimates"),
    ):
        if mark in marked and not allowed:
            raise UsageError(
                f"{request.month.label} has {what}",
                hint=f"put them right first, or close with {option}: its statements are then marked",
            )
