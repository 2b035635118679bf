"""What the books say about a report's month: its statements, closed or carrying corrections, and what they make payable."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from billing.bill import Bill, exact_sum
from billing.books import Statement
from billing.books.reading import closed_statements, open_statements
from billing.books.trail import read_trail
from billing.grouping import Group
from billing.store import Reader, Store
from rules.money import Settlement, SettlementRule, settle


class AccountSettlement(NamedTuple):
    """What one account pays: the total of its lines, what corrections of closed months add, and how that becomes cents."""

    account_id: str
    total: Decimal
    settlement: Settlement
    corrections: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Settled:
    """What is to be paid: each account settles its own total, and the amounts are added up."""

    rule: SettlementRule
    accounts: tuple[AccountSettlement, ...]

    @property
    def total(self) -> Decimal:
        """The sum of the lines that are settled; of a closed month, those of its statements."""
        return exact_sum(found.total for found in self.accounts)

    @property
    def corrections(self) -> Decimal:
        """The sum of what corrects closed months."""
        return exact_sum(found.corrections for found in self.accounts)

    @property
    def payable(self) -> Decimal:
        """The sum of what the accounts pay, with two decimals."""
        return exact_sum(found.settlement.payable for found in self.accounts)

    @property
    def adjustment(self) -> Decimal:
        """The sum of the accounts' rounding adjustments: payable minus total and corrections."""
        return exact_sum(found.settlement.adjustment for found in self.accounts)


def month_statements(
    store: Store, reader: Reader, bill: Bill, accounts: Sequence[str] | None
) -> tuple[Statement, ...]:
    """The statements of the bill's month by account, where it is closed or carries corrections; otherwise none.

    Corrections of months that were closed in another currency than the bill's are no part of it.
    """
    ledger = store.ledger
    trail = read_trail(ledger.entries())
    close = trail.close_of(bill.month)
    if close is not None:
        return tuple(closed_statements(ledger, trail, close, accounts))
    if any(each.details["currency"] != bill.currency for each in trail.closes):
        return ()
    found = tuple(open_statements(reader, ledger, trail, bill, accounts=accounts))
    return found if any(each.document["corrections"] for each in found) else ()


def settled_lines(bill: Bill, by_account: Iterable[Group]) -> Settled:
    """What the lines of a bill come to for each account."""
    rule = bill.tariff.settlement(bill.month.from_s)
    accounts = tuple(
        AccountSettlement(found.key[0] or "", found.amount, settle(found.amount, rule))
        for found in by_account
    )
    return Settled(rule, accounts)


def settled_statements(statements: Sequence[Statement]) -> Settled:
    """What statements make payable; there has to be one."""
    return Settled(statements[0].document["settlement"], tuple(map(_account, statements)))


def _account(statement: Statement) -> AccountSettlement:
    document = statement.document
    corrections = exact_sum(Decimal(each["amount"]) for each in document["corrections"])
    adjustment = Decimal(document["rounding_adjustment"])
    settlement = Settlement(document["settlement"], statement.payable, adjustment)
    lines = exact_sum(Decimal(each["amount"]) for each in document["lines"])
    return AccountSettlement(statement.account_id, lines, settlement, corrections)
