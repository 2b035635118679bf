"""What each of the twelve months before a month cost, and the month itself; a month without records is a gap, never zero.

A month that ended before anything was observed, and that no instance touches, is a gap, too: only those of its caches are known
that were still there later.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from billing.bill import Bill, exact_sum
from billing.books.records import first_second
from billing.pipeline import TagFilter, make_bill
from billing.store import Reader
from billing.warehouse import sql_file
from rules.period import Month, epoch_s, instant
from rules.tariff import Tariff

MONTHS_BACK = 12


@dataclass(frozen=True, slots=True)
class MonthCost:
    """One month's amounts by phase; all None where no record touches it.

    complete: whether all of it has a price. running: whether it isn't over, so that it can't be compared with whole months.
    """

    month: Month
    total: Decimal | None
    creation: Decimal | None
    usage: Decimal | None
    complete: bool
    running: bool


def month_cost(bill: Bill) -> MonthCost:
    """A bill as one month of a trend."""
    if not recorded(bill):
        return gap(bill.month)
    creation, usage = (
        exact_sum(line.amount for line in bill.lines if line.phase == phase)
        for phase in ("creation", "usage")
    )
    return MonthCost(
        bill.month, bill.total, creation, usage, bill.complete, epoch_s(bill.as_of) < bill.month.until_s
    )


def gap(month: Month) -> MonthCost:
    """A month that nothing is known about."""
    return MonthCost(month, None, None, None, complete=True, running=False)


def recorded(bill: Bill) -> bool:
    """Whether any record overlaps the bill's month."""
    return bool(sum(bill.records.caches.values()) + sum(bill.records.instances.values()))


def months_before(month: Month, count: int = MONTHS_BACK) -> tuple[Month, ...]:
    """The months before a month, the earliest first."""
    found = [month.previous()]
    while len(found) < count:
        found.append(found[-1].previous())
    return tuple(reversed(found))


def earlier_bills(
    reader: Reader,
    month: Month,
    *,
    as_of: datetime,
    tariff: Tariff,
    accounts: Collection[str] | None = None,
    tag_filter: TagFilter | None = None,
) -> dict[Month, Bill]:
    """The bills of the twelve months before a month, of those that records touch, the earliest first."""
    first_s, observed_s = first_second(reader), first_observed_s(reader)
    found = {}
    for each in months_before(month):
        if first_s is not None and first_s < each.until_s:
            bill = make_bill(
                reader, each, as_of=as_of, tariff=tariff, accounts=accounts, tag_filter=tag_filter
            )
            if covered(bill, observed_s):
                found[each] = bill
    return found


def trend(bill: Bill, earlier: Mapping[Month, Bill]) -> tuple[MonthCost, ...]:
    """The twelve months before a bill's month and the month itself, in order."""
    before = (
        month_cost(earlier[month]) if month in earlier else gap(month) for month in months_before(bill.month)
    )
    return (*before, month_cost(bill))


def same_span(
    reader: Reader,
    earlier: Month,
    month: Month,
    *,
    as_of: datetime,
    tariff: Tariff,
    accounts: Collection[str] | None = None,
    tag_filter: TagFilter | None = None,
) -> Bill | None:
    """The bill of an earlier month up to the point that `as_of` is at in a running month; None where nothing was recorded."""
    elapsed_s = max(0, epoch_s(as_of) - month.from_s)
    until_s = min(earlier.until_s, earlier.from_s + elapsed_s)
    bill = make_bill(
        reader, earlier, as_of=instant(until_s), tariff=tariff, accounts=accounts, tag_filter=tag_filter
    )
    return bill if covered(bill, first_observed_s(reader)) else None


def covered(bill: Bill, first_observed_s: int | None) -> bool:
    """Whether a bill says what its month cost: something was observed before the month's end, or an instance touches it."""
    observed = first_observed_s is not None and first_observed_s < bill.month.until_s
    return recorded(bill) and (observed or bool(sum(bill.records.instances.values())))


def first_observed_s(reader: Reader) -> int | None:
    """The epoch second of the first observation of all, None where there is none."""
    with reader.connection() as connection:
        row = connection.execute(sql_file("billing", "first_observed")).fetchone()
    return None if row is None or row[0] is None else int(row[0])
