"""A reconciliation as one HTML page: self-contained, without scripts, under the report's policy and in its design."""

from billing.reconciling import Reconciliation
from reports.i18n import Formats, places_for
from reports.page import render_document
from reports.reconciliation.shown import shown
from rules.period import Month, parse_instant

ROWS_SHOWN = 50
"""Differences on the page, the largest first; the rest is counted and summed."""


def render_reconciliation(found: Reconciliation, language: str = "en") -> str:
    """The whole page; the same reconciliation and language give the same text."""
    formats = Formats(language, currency=found.currency, places=places_for(found.ours))
    return render_document(
        "reconciliation/page.html",
        language,
        **shown(found, formats, rows=ROWS_SHOWN),
        f=formats,
        month=formats.month(Month(found.month).from_s),
        as_of=formats.instant(parse_instant(found.as_of)),
    )
