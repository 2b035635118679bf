"""What each region cost; left out where there is only one."""

from collections.abc import Mapping
from typing import Any

from reports.breakdown import break_down
from reports.data import ReportData
from reports.i18n import Formats, Words


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any] | None:
    """The regions by amount."""
    if len(data.by_region) < 2:
        return None
    return {"found": break_down(data.by_region), "complete": data.bill.complete}
