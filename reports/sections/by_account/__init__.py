"""What each account cost and pays; left out where there is only one."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from billing.bill import exact_sum
from billing.grouping import Group
from reports.breakdown import ROWS_SHOWN, break_down
from reports.data import ReportData
from reports.i18n import Formats, Words


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any] | None:
    """The accounts by amount, each with its payable cents."""
    groups = [*data.by_account, *_only_corrected(data)]
    if len(groups) < 2:
        return None
    found = break_down(groups, rows=ROWS_SHOWN)
    payable = {one.account_id: one.settlement.payable for one in data.settled.accounts}
    named = [payable.get(row.key[0] or "", Decimal(0)) for row in found.rows]
    return {
        "found": found,
        "payable": dict(zip((row.key[0] for row in found.rows), named, strict=True)),
        "rest_payable": data.settled.payable - exact_sum(named),
        "total_payable": data.settled.payable,
        "complete": data.bill.complete,
    }


def _only_corrected(data: ReportData) -> list[Group]:
    """Accounts that have a statement and no line: closed months are corrected for them."""
    known = {found.key[0] for found in data.by_account}
    return [
        Group(("account_id",), (one.account_id,), Decimal(0), Decimal(0), {})
        for one in data.settled.accounts
        if one.account_id not in known
    ]
