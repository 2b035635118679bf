"""What was spent of each budget, and while the month is running, what it is expected to come to; left out without budgets."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from reports.breakdown import bar
from reports.data import ReportData
from reports.i18n import Formats, Words


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any] | None:
    """One row for each budget."""
    if not data.budgets:
        return None
    return {
        "running": data.running,
        "complete": data.bill.complete,
        "rows": [
            {
                "name": state.budget.name,
                "monthly": state.budget.monthly,
                "actual": state.actual,
                "forecast": state.forecast if data.running else None,
                "remaining": state.remaining,
                "per_day": state.remaining_per_day,
                "over": state.remaining < 0,
                "bar": min(100, bar(state.actual, max(state.actual, state.budget.monthly, Decimal(1)))),
            }
            for state in data.budgets
        ],
        "over": sum(1 for state in data.budgets if state.remaining < 0),
        "expected_over": sum(
            1 for state in data.budgets if state.remaining >= 0 and state.forecast > state.budget.monthly
        ),
    }
