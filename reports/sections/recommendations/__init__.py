"""What to do, in money: choices whose replay of this month confirms a saving; left out where nothing was recorded."""

from collections.abc import Mapping
from typing import Any

from billing.recommending import Recommendation
from reports.data import ReportData
from reports.i18n import Formats, Words


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any] | None:
    """The choices by net saving, each with the command that shows the same number; incomplete bills have none."""
    found = data.recommendations
    if not data.bill.total:
        return None

    def what(one: Recommendation) -> str:
        return t("do_" + one.kind, days=dict(one.settings).get("retention_days", ""))

    return {
        "found": found,
        "rows": [(what(one), one) for one in found.each],
        "together": found.together,
        "automatic": any(one.kind == "automatic" for one in found.each),
        "month": data.bill.month.label,
        "account": data.account,
        "total": data.bill.total,
        "complete": data.bill.complete,
        "running": data.running,
    }
