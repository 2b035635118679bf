"""Every record that overlaps the month is charged, free, or counted with a reason: the counts that show it."""

from collections.abc import Mapping
from typing import Any

from billing.bill import CACHE_OUTCOMES, INSTANCE_OUTCOMES
from reports.data import ReportData
from reports.i18n import Formats, Words

_OUTCOMES = {
    "charged": ("charged", "charged_means"),
    "free": ("free", "free_means"),
    "without_cache": ("without_cache", "without_cache_means"),
    "unknown_cache": ("unknown_cache", "unknown_cache_means"),
    "unmetered": ("unmetered", "unmetered_means"),
    "unrated": ("unrated", "unrated_means"),
}
"""Name and explanation of every outcome."""


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any]:
    """One row for each outcome; a kind of record that can't have it has no count."""
    records = data.bill.records
    rows = [
        {
            "name": name,
            "means": means,
            "caches": records.caches[outcome] if outcome in CACHE_OUTCOMES else None,
            "instances": records.instances[outcome] if outcome in INSTANCE_OUTCOMES else None,
        }
        for outcome, (name, means) in _OUTCOMES.items()
    ]
    return {
        "rows": rows,
        "caches": sum(records.caches.values()),
        "instances": sum(records.instances.values()),
        "rejected": data.provenance.rejected_rows,
    }
