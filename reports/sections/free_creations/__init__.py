"""Automatic creation is free: how often it happened, and what it would have cost to create the same caches manually."""

from collections.abc import Mapping
from typing import Any

from billing.bill import exact_sum
from reports.data import ReportData
from reports.i18n import Formats, Words
from rules.charges import CHARGES


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any] | None:
    """The charges that manual creation would have had; left out where no automatic cache exists."""
    free = data.free_creations
    if not free.created and not free.lines:
        return None
    rows = []
    for declared in CHARGES:
        lines = [line for line in free.lines if line.charge == declared.id]
        if lines:
            rows.append(
                {
                    "id": declared.id,
                    "caches": len({(line.account_id, line.region, line.cache_id) for line in lines}),
                    "amount": exact_sum(line.amount for line in lines),
                    "estimated": any(line.estimated for line in lines),
                }
            )
    return {
        "created": free.created,
        "rows": rows,
        "total": free.total,
        "estimated": any(row["estimated"] for row in rows),
    }
