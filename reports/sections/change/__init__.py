"""What changed against the month before, charge by charge; the parts sum to the change."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from reports.breakdown import bar
from reports.data import ReportData
from reports.i18n import Formats, Words
from rules.charges import CHARGES


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any]:
    """One row for each charge of either month, with its difference."""
    month = data.bill.month
    names = {
        "month": f.month(month.from_s),
        "previous_month": f.month(month.previous().from_s),
        "running": data.running,
    }
    if data.previous is None:
        return {**names, "rows": None}
    now, before = data.bill.total_by_charge, data.previous.total_by_charge
    ids = [
        declared.id
        for declared in CHARGES
        if (declared.id in now or declared.id in before) and not declared.free
    ]
    zero = Decimal(0)
    changes = {id: now.get(id, zero) - before.get(id, zero) for id in ids}
    longest = max((abs(change) for change in changes.values()), default=zero)
    return {
        **names,
        "until": f.instant(data.previous.as_of),
        "rows": [
            {
                "id": id,
                "now": now.get(id, zero),
                "before": before.get(id, zero),
                "change": changes[id],
                "bar": bar(changes[id], longest),
            }
            for id in ids
        ],
        "now": data.bill.total,
        "before": data.previous.total,
        "change": data.bill.total - data.previous.total,
        "complete": data.bill.complete and data.previous.complete,
    }
