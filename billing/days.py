"""A month's bill by day, summed where the quantities are: a month of many caches has hundreds of thousands of parts of lines.

The same groups as `grouping.group(…, "day")` makes of a bill that was metered by day, to the last digit.
"""

from collections.abc import Collection, Sequence

from billing.bill import Bill
from billing.grouping import DayAmount, Group, day_groups
from billing.metering import Slice, make_quantities, make_slices
from billing.rating import slice_periods
from billing.store import Reader
from billing.warehouse import Connection, sql_file, temporary_table
from rules.charges import CHARGES
from rules.period import epoch_s

PRICE_TYPES = {
    "charge": "integer",
    "region": "integer",
    "slice": "integer",
    "first_slice": "integer",
    "numerator": "hugeint",
    "denominator": "hugeint",
}


def bill_by_day(reader: Reader, bill: Bill, accounts: Collection[str] | None = None) -> tuple[Group, ...]:
    """What each day of the bill's month cost; every day is a group. They sum to the bill, which is of these accounts."""
    month = bill.month
    until_s = min(month.until_s, epoch_s(bill.as_of))
    slices = make_slices(bill.tariff, month.from_s, until_s, [day.from_s for day in month.days()])
    if not slices or not bill.lines:
        return day_groups(month, ())
    with reader.between(month.from_s, until_s) as connection:
        make_quantities(connection, slices, as_of_s=epoch_s(bill.as_of), accounts=accounts, counted=False)
        _make_prices(connection, bill, slices)
        rows = connection.execute(sql_file("billing", "day_amounts")).fetchall()
    day_of = {
        cut.index: day.label
        for cut in slices
        for day in month.days()
        if day.from_s <= cut.from_s < day.until_s
    }
    return day_groups(
        month,
        (
            DayAmount(day_of[index], CHARGES[charge].id, int(amount), int(estimated))
            for charge, index, amount, estimated in rows
        ),
    )


def _make_prices(connection: Connection, bill: Bill, slices: Sequence[Slice]) -> None:
    """The prices in the bill's regions, slice by slice."""
    regions = sorted({line.region for line in bill.lines})
    rows = [
        (charge, number, cut, period.slice, period.numerator, period.denominator)
        for number, region in enumerate(regions)
        for charge, cut, period in slice_periods(bill.tariff, slices, region)
        if period.reason is None
    ]
    temporary_table(connection, "prices", PRICE_TYPES, rows)
    numbered = "select unnest($regions) as region, unnest(range(len($regions))) as number"
    connection.execute(f"create or replace temp table billed_regions as {numbered}", {"regions": regions})
