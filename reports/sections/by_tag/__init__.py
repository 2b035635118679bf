"""What usage with each value of a tag cost, for the tag keys that are there."""

from collections.abc import Mapping
from typing import Any

from reports.breakdown import break_down
from reports.data import ReportData
from reports.i18n import Formats, Words

VALUES_SHOWN = 10
"""Values of a key that are named, the dearest; the others are summed."""


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any]:
    """One breakdown for each key; the keys that are not broken down are named."""
    return {
        "keys": [
            (found.key, break_down(found.groups, rows=VALUES_SHOWN)) for found in data.by_tag if found.groups
        ],
        "further": data.further_tag_keys[:12],
        "further_count": len(data.further_tag_keys),
        "month": data.bill.month.label,
        "complete": data.bill.complete,
    }
