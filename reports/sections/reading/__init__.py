"""How to read the report: what the words, the marks and the rounding mean."""

from collections.abc import Mapping
from typing import Any

from reports.data import ReportData
from reports.i18n import Formats, Words


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any]:
    """The explanations, with this report's own numbers in them."""
    return {"places": f.places, "month": data.bill.month.label, "rule": data.settled.rule}
