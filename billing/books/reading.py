"""Reading the books: the statements of a month, as they were closed or as they stand now."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from billing.bill import Bill
from billing.books.corrections import Pending, Tariffs, pending
from billing.books.records import earliest_existence, first_second
from billing.books.statement import Statement, documents
from billing.books.trail import Act, Trail, read_trail
from billing.errors import UsageError, WorkspaceError
from billing.pipeline import make_bill
from billing.store import Reader, Store
from billing.store.book_models import ClosedStatement
from billing.store.ledger import Ledger, SealedText
from rules.period import Month, epoch_s
from rules.tariff import Tariff, thaw


def statements(
    store: Store,
    month: Month,
    *,
    as_of: datetime,
    tariff: Callable[[], Tariff],
    accounts: Collection[str] | None = None,
    version: int | None = None,
) -> list[Statement]:
    """The statements of a month, one for each account: as they were closed, else as usage and `tariff` make them now.

    The tariff is asked for only where the month is open.
    `accounts` are the wanted ones; an open month has a statement for each of them, even an empty one. `version` is one that was
    closed; a UsageError where there is none.
    """
    ledger = store.ledger
    trail = read_trail(ledger.entries())
    close = trail.close_of(month) if version is None else _version(trail, month, version)
    if close is not None:
        return closed_statements(ledger, trail, close, accounts)
    priced_by = tariff()
    with store.reader() as reader:
        bill = make_bill(reader, month, as_of=as_of, tariff=priced_by, accounts=accounts)
        return open_statements(reader, ledger, trail, bill, accounts=accounts)


def open_statements(
    reader: Reader,
    ledger: Ledger,
    trail: Trail,
    bill: Bill,
    *,
    accounts: Collection[str] | None = None,
) -> list[Statement]:
    """The statements that an open month's bill makes, which is of these accounts; the first open month's carry corrections."""
    month, carried = bill.month, Pending()
    if month == first_open_month(reader, trail):
        carried = pending(reader, ledger, trail, as_of_s=epoch_s(bill.as_of), tariffs=frozen_tariffs(ledger))
        refuse_other_currency(trail, carried, bill.tariff)
    if accounts is not None:
        carried = Pending(
            tuple(each for each in carried.corrections if each.line["account_id"] in accounts),
            tuple(each for each in carried.unrated if each.item.account_id in accounts),
        )
    made = documents(bill, carried, version=len(trail.versions(month)) + 1, accounts=sorted(accounts or ()))
    return [Statement(document) for document in made]


def closed_statements(
    ledger: Ledger, trail: Trail, close: Act, accounts: Collection[str] | None = None
) -> list[Statement]:
    """The statements of one close, by account."""
    found = [
        as_statement(row, reopened=trail.is_reopened(close)) for row in ledger.statements(close.entry_id)
    ]
    return [each for each in found if accounts is None or each.account_id in accounts]


def as_statement(row: ClosedStatement, *, reopened: bool) -> Statement:
    """The statement of a row of the ledger."""
    document: dict[str, Any] = json.loads(row.document)
    signature = None if row.signature is None else json.loads(row.signature)
    return Statement(document, "reopened" if reopened else "closed", row.sha256, signature)


def as_closed(document: Mapping[str, Any], sealed: SealedText) -> Statement:
    """The statement of a document that was just sealed."""
    signature = None if sealed.signature is None else json.loads(sealed.signature)
    return Statement(
        dict(sorted([*document.items(), ("previous", sealed.previous)])), "closed", sealed.sha256, signature
    )


def frozen_tariffs(ledger: Ledger) -> Tariffs:
    """Gives the tariffs that closed months were priced by, each read once."""
    found: dict[str, Tariff] = {}

    def tariff(sha256: str) -> Tariff:
        if sha256 not in found:
            content = ledger.tariff(sha256)
            if content is None:
                raise WorkspaceError(
                    f"the frozen tariff {sha256[:12]} of a closed month is missing", hint="run imcost verify"
                )
            found[sha256] = thaw(content)
        return found[sha256]

    return tariff


def first_open_month(reader: Reader, trail: Trail) -> Month | None:
    """The month whose statement carries the corrections; None where nothing was ever closed.

    It is the earliest open month before the last closed one in which records exist, else the month after that one.
    """
    if not trail.closes:
        return None
    last = max(close.month for close in trail.closes)
    return open_month_with_usage(reader, trail, last) or last.next()


def open_month_with_usage(reader: Reader, trail: Trail, before: Month) -> Month | None:
    """The earliest month before another one that isn't closed, and in which a cache or instance exists."""
    first_s = first_second(reader)
    if first_s is None:
        return None
    for from_s, until_s in _open_spans(trail, Month.containing(max(first_s, 0)), before):
        earliest_s = earliest_existence(reader, from_s, until_s)
        if earliest_s is not None:
            return Month.containing(earliest_s)
    return None


def _open_spans(trail: Trail, first: Month, before: Month) -> Iterator[tuple[int, int]]:
    """The spans of months from `first` until `before` that aren't closed, half-open, in epoch seconds."""
    from_s = first.from_s
    for month in sorted(close.month for close in trail.closes):
        if from_s < month.from_s < before.from_s:
            yield from_s, month.from_s
        from_s = max(from_s, month.until_s)
    if from_s < before.from_s:
        yield from_s, before.from_s


def refuse_other_currency(trail: Trail, carried: Pending, tariff: Tariff) -> None:
    """Refuse corrections in another currency than the statement that would carry them."""
    for each in carried.corrections:
        close = trail.close_of(each.month)
        currency = None if close is None else close.details["currency"]
        if currency not in (None, tariff.currency):
            raise UsageError(
                f"{each.month.label} was closed in {currency} and has corrections, tariff {tariff.id} is in {tariff.currency}",
                place="--tariff",
                hint=f"use a tariff in {currency}",
            )


def _version(trail: Trail, month: Month, version: int) -> Act:
    found = next((act for act in trail.versions(month) if act.version == version), None)
    if found is None:
        known = ", ".join(str(act.version) for act in trail.versions(month)) or "none"
        raise UsageError(
            f"{month.label} has no closed version {version}", place="--version", hint=f"closed were: {known}"
        )
    return found
