"""What each account cost and pays; left out where there is only one."""

from collections.abc import Mapping
from typing import Any

from billing.bill import exact_sum
from reports.breakdown import ROWS_SHOWN, break_down
from reports.data import ReportData
from reports.i18n import Formats, Words


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any] | None:
    """The accounts by amount, each with its payable cents."""
    if len(data.by_account) < 2:
        return None
    found = break_down(data.by_account, rows=ROWS_SHOWN)
    payable = {one.account_id: one.settlement.payable for one in data.settled.accounts}
    named = [payable[row.key[0] or ""] for row in found.rows]
    return {
        "found": found,
        "payable": payable,
        "rest_payable": data.settled.payable - exact_sum(named),
        "total_payable": data.settled.payable,
        "complete": data.bill.complete,
    }
