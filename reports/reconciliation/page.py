"""A reconciliation as one HTML page: self-contained, without scripts, under the report's policy and in its design."""

from typing import Any

from billing.reconciling import Difference, Reconciliation
from billing.reconciling.result import COMPARED
from reports.i18n import Formats, places_for
from reports.page import render_document
from reports.reconciliation.waterfall import steps
from rules.period import Month

ROWS_SHOWN = 50
"""Differences on the page, the largest first; the rest is counted and summed."""

ADVICE = {
    "price": "Compare the price with your agreement: add it to a tariff of your own, or claim the difference.",
    "quantity": "Check the instance's times and the cache's size in the records; claim rows that are billed twice.",
    "missing_in_bill": "Look at the next bill: late rows come there. If they don't, the records may be wrong.",
    "missing_in_usage": "Import the records of what is named, or ask its owner; claim what nobody knows.",
    "timing": "Nothing to pay or claim inside of a month; at its edges, look at the neighbouring bill.",
    "rounding": "Nothing: it stays below the last decimal of each row.",
    "coupon": "Nothing: a coupon lowered the amount due.",
    "voucher": "Nothing: a voucher paid a part.",
    "discount": "Nothing, if it is what you agreed on; a tariff of your own can have it.",
    "resource_package": "Nothing: a package that you have bought covers it.",
    "refund": "Check that it belongs to this month's usage.",
    "tax": "Nothing: it is on top of usage.",
    "out_of_scope": "Nothing here: no cost of image caches, or an account without records.",
}
"""What to do about a difference of each class."""


def render_reconciliation(found: Reconciliation) -> str:
    """The whole page; the same reconciliation gives the same text."""
    formats = Formats("en", currency=found.currency, places=places_for(found.ours))
    listed = [each for each in found.differences if each.class_ in COMPARED]
    return render_document(
        "reconciliation/page.html",
        "en",
        found=found,
        f=formats,
        month=formats.month(Month(found.month).from_s),
        steps=steps(found),
        listed=[_shown(each) for each in listed[:ROWS_SHOWN]],
        more=max(0, len(listed) - ROWS_SHOWN),
        advice=ADVICE,
        classes=[name for name in ADVICE if found.count(name)],
    )


def _shown(each: Difference) -> dict[str, Any]:
    ids = [part for part in (each.cache_id, each.instance_id) if part]
    return {
        "class": each.class_.replace("_", " "),
        "amount": each.amount,
        "where": " · ".join(part for part in (each.account_id, each.region) if part) or "–",
        "ids": ids or ["–"],
        "reason": each.reason,
        "advice": ADVICE[each.class_],
    }
