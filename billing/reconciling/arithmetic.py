"""The bill's own arithmetic: rows whose numbers contradict each other are found and named, whatever they cost.

Gross minus discount, coupons and rounding down is the pretax amount (DescribeInstanceBill); in FOCUS, pricing quantity times list
unit price is the list cost. What a row is written with decides how exact that can be.
"""

from collections.abc import Mapping
from decimal import Decimal

from billing.reconciling.reasons import reason
from billing.reconciling.result import BrokenRow, exact
from billing.warehouse import Connection, sql_file
from rules.money import plain

MOST_NAMED = 1_000
LEAST = Decimal("0.000000001")
"""What no row is blamed for, in however many decimals it is written."""


def broken_rows(
    connection: Connection, paths: Mapping[int, str], ulp: Decimal
) -> tuple[tuple[BrokenRow, ...], int]:
    """The first rows that break their own arithmetic, in the order of the files, and how many there are."""
    tolerated = max(2 * ulp, LEAST)
    off, focus = connection.execute(
        "select coalesce(max(off), 0), coalesce(bool_or(focus), false) from bill_subjects"
    ).fetchone() or (0, False)
    if off <= tolerated and not focus:
        return (), 0
    sql = sql_file("billing.reconciling", "broken").format(tolerated=plain(tolerated))
    found = connection.execute(sql).fetchall()
    rows = [
        BrokenRow(
            paths[file],
            line,
            reason(f"broken_{rule}", is_=plain(exact([is_])), should=plain(exact([should]))),
            exact([is_, -should]),
        )
        for file, line, rule, is_, should in found[:MOST_NAMED]
    ]
    return tuple(rows), len(found)
