"""The first page's head: whose bill, which month, what is to be paid, and how far to trust it."""

from collections.abc import Mapping
from typing import Any

from billing.comparing import Comparison
from reports.data import ReportData
from reports.i18n import Formats, Words


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any]:
    """The payable amount and how it follows from the total, four facts, and what the numbers rest on."""
    bill, records = data.bill, data.bill.records
    empty = not sum(records.caches.values()) + sum(records.instances.values())
    return {
        "month": f.month(bill.month.from_s),
        "account": data.account,
        "tag": data.tag,
        "running": data.running,
        "state": "running" if data.running else "closed" if data.closed else "open",
        "differs": data.closed and data.settled.total != bill.total,
        "begun": bool(data.bill.lines) or not data.running,
        "as_of": f.instant(bill.as_of),
        "empty": empty,
        "total": bill.total,
        "explained": data.explanations if bill.lines else None,
        "settled": data.settled,
        "accounts": len(data.settled.accounts),
        "exact": f.exact(
            [data.settled.total, data.settled.corrections, data.settled.adjustment, data.settled.payable]
        ),
        "complete": bill.complete,
        "unrated": len(bill.unrated),
        "estimated": bill.estimated_total,
        "against": [
            (f.month(bill.month.previous().from_s), data.previous),
            (f.month(data.trend[0].month.from_s), data.year_ago),
        ],
        "why": None if data.previous is None else _why(data.previous),
        "unmetered": records.caches["unmetered"],
        "caches": sum(records.caches.values()),
        "caches_charged": records.caches["charged"],
        "instances": sum(records.instances.values()),
        "instances_charged": records.instances["charged"],
        "provenance": data.provenance,
        "observed": None
        if data.provenance.last_observed is None
        else f.instant(data.provenance.last_observed),
        "tariff": bill.tariff,
        "digest": bill.tariff.digest.removeprefix("sha256:")[:12],
    }


def _why(found: Comparison) -> Mapping[str, Any]:
    """The parts of a change, and the charge that moved most."""
    return {
        "found": found,
        "moved": found.movements,
        "most": max(found.charges, key=lambda row: abs(row.change), default=None),
    }
