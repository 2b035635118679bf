"""What fired in the month: since when, for how long, how bad it was, and who took care of it; left out where nothing did."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from billing.alerting.firings import Firing
from reports.data import ReportData
from reports.i18n import Formats, Words
from rules.period import DAY_S, HOUR_S, epoch_s

SHOWN = 20
"""Alerts that are named, those that fired last; the others are counted."""


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any] | None:
    """One row for each time that an alert fired."""
    if not data.firings:
        return None
    until_s = min(data.bill.month.until_s, epoch_s(data.bill.as_of))
    shown = data.firings[-SHOWN:]
    return {
        "count": len(data.firings),
        "critical": sum(1 for each in data.firings if each.severity == "critical"),
        "unacknowledged": sum(1 for each in data.firings if each.acked_by is None),
        "rest": len(data.firings) - len(shown),
        "rows": [
            {
                "subject": _subject(each),
                "severity": each.severity,
                "fired": f.instant(each.fired_s),
                "lasted": _lasted(each, until_s, t, f),
                "goes_on": each.resolved_s is None,
                "peak": _peak(each, f),
                "acked_by": each.acked_by,
            }
            for each in shown
        ],
    }


def _subject(each: Firing) -> str:
    """A quota by kind, region and account, whose names would be too long otherwise; anything else as it is called."""
    subject = each.subject
    if "quota" in subject:
        kind = subject["quota"].removesuffix("_image_caches")
        return f"{kind} · {subject['region']} · {subject['account_id']}"
    return " · ".join(subject.values())


def _peak(each: Firing, f: Formats) -> str:
    if each.peak is None:
        return "–"
    return f.percent(Decimal(each.peak.numerator), Decimal(each.peak.denominator))


def _lasted(each: Firing, until_s: int, t: Words, f: Formats) -> str:
    """How long it fired, in the unit that tells most."""
    length_s = max(0, (until_s if each.resolved_s is None else each.resolved_s) - each.fired_s)
    for id, unit_s in (("days", DAY_S), ("hours", HOUR_S)):
        if length_s >= 2 * unit_s:
            return t.count(id, length_s // unit_s, count=f.number(length_s // unit_s))
    return t.count("minutes", length_s // 60, count=f.number(length_s // 60))
