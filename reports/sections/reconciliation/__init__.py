"""The month against the provider's bill: the bridge, the largest differences and what to do; left out where no bill was given."""

from collections.abc import Mapping
from typing import Any

from reports.data import ReportData
from reports.i18n import Formats, Words
from reports.reconciliation.shown import shown

ROWS_SHOWN = 10
"""Differences that the report names; `imcost reconcile` has all."""


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any] | None:
    """What the page of a reconciliation shows, with fewer differences."""
    found = data.reconciliation
    if found is None:
        return None
    return {**shown(found, f, rows=ROWS_SHOWN), "files": ", ".join(file.path for file in found.files)}
