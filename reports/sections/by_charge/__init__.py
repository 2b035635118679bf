"""What each charge cost, with all decimals: here the whole bill can be added up by hand."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from reports.breakdown import bar
from reports.data import ReportData
from reports.i18n import Formats, Words
from rules.charges import charge


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any]:
    """One row for each charge that has lines, free ones included."""
    totals = data.bill.total_by_charge
    longest = max((abs(amount) for amount in totals.values()), default=Decimal(0))
    amounts = f.exact([*totals.values(), data.bill.total])
    quantities = {
        id: sum((line.quantity for line in data.bill.lines if line.charge == id), Decimal(0)) for id in totals
    }
    estimated = {line.charge for line in data.bill.lines if line.estimated}
    rows = [
        {
            "id": id,
            "phase": charge(id).phase,
            "quantity": f.quantity(quantities[id], charge(id).unit),
            "amount": cell,
            "value": totals[id],
            "free": charge(id).free,
            "estimated": id in estimated,
            "bar": bar(totals[id], longest),
        }
        for id, cell in zip(totals, amounts, strict=False)
    ]
    return {
        "rows": rows,
        "total": data.bill.total,
        "exact_total": amounts[-1],
        "complete": data.bill.complete,
    }
