"""What changed against the month before, charge by charge, and why: price, quantity, mix; the parts sum to the change."""

from collections.abc import Mapping
from typing import Any

from billing.comparing import CacheChange
from reports.data import ReportData
from reports.i18n import Formats, Words
from reports.records import CacheRef

CACHES_SHOWN = 6
"""Caches that are named, those that moved most."""


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any]:
    """One row for each charge of either month with its difference and the parts of it, and the caches that moved most."""
    month, found = data.bill.month, data.previous
    names = {
        "month": f.month(month.from_s),
        "previous_month": f.month(month.previous().from_s),
        "running": data.running,
        "found": found,
    }
    if found is None:
        return names

    def name(change: CacheChange) -> str:
        return data.cache_names.get(CacheRef(*change.cache), change.cache[2])

    return {
        **names,
        "until": f.instant(found.before.as_of),
        "moved": found.movements,
        "caches": [(name(change), change) for change in found.caches[:CACHES_SHOWN]],
        "complete": data.bill.complete and found.before.complete,
    }
