"""What the total leaves open: quantities without a price, estimates, and what was not metered, each with its reason."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from billing.bill import Bill, Unrated, exact_sum
from reports.data import ReportData
from reports.i18n import Formats, Words
from rules.charges import charge

_NAMED = 5
"""Caches that a point names; the others are counted."""

_UNRATED_SHOWN = 20

_NOTICES = {
    "unknown_cache": ("unknown_cache", "unknown_cache_means"),
    "unmetered_build": ("unmetered_build", "unmetered_build_means"),
    "unmetered_local_snapshot": ("unmetered_local_snapshot", "unmetered_local_snapshot_means"),
    "estimated_size": ("estimated_size", "estimated_size_means"),
    "open_record": ("open_record", "open_record_means"),
    "derived_end": ("derived_end", "derived_end_means"),
}
"""Heading and explanation of every code, in the order of their weight: not metered, estimated, derived."""


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any]:
    """Unrated quantities by charge, region and reason; estimated amounts by charge; notices by code."""
    bill = data.bill
    unrated = list(_unrated(bill, t))
    return {
        "unrated": unrated[:_UNRATED_SHOWN],
        "further_unrated": len(unrated) - len(unrated[:_UNRATED_SHOWN]),
        "unrated_count": len(bill.unrated),
        "estimates": _estimates(bill),
        "estimated": bill.estimated_total,
        "total": bill.total,
        "points": list(_points(bill)),
        "month": bill.month.label,
        "nothing": not leaves_open(bill),
    }


def leaves_open(bill: Bill) -> bool:
    """Whether there is anything that this section names."""
    return bool(bill.unrated or bill.notices or bill.estimated_total)


def _unrated(bill: Bill, t: Words) -> Iterator[dict[str, Any]]:
    found: dict[tuple[str, str, str, str], list[Unrated]] = {}
    for item in bill.unrated:
        found.setdefault((item.charge, item.region, item.reason, item.unit), []).append(item)
    for (id, region, _, unit), items in found.items():
        yield {
            "id": id,
            "region": region,
            "quantity": sum((item.quantity for item in items), Decimal(0)),
            "unit": unit,
            "reason": _reason(bill, items[0], t),
            **_who(item.cache_id for item in items),
        }


def _reason(bill: Bill, item: Unrated, t: Words) -> object:
    """The tariff's reason in the report's language: found again among the reasons that it can give."""
    declared, tariff, month = charge(item.charge), bill.tariff, bill.month
    for at_s in (month.from_s, *tariff.changes(month.from_s, month.until_s)):
        if declared.rate and item.reason == tariff.missing_reason(declared.rate, item.region, at_s):
            return t("no_rate", name=declared.rate, since=_since(item.reason))
        for name in sorted(declared.held.values()):
            if item.reason == tariff.missing_value_reason(name, at_s):
                return t("no_value", name=name, since=_since(item.reason))
    return item.reason


def _since(reason: str) -> str:
    """The instant that ends a reason, as the tariff writes it."""
    return reason.rpartition(" ")[2]


def _estimates(bill: Bill) -> list[tuple[str, Decimal]]:
    """The sum of the lines that rest on an estimate, for each charge that has some."""
    amounts: dict[str, list[Decimal]] = {}
    for line in bill.lines:
        if line.estimated:
            amounts.setdefault(line.charge, []).append(line.amount)
    return [(id, exact_sum(amounts[id])) for id in bill.total_by_charge if id in amounts]


def _points(bill: Bill) -> Iterator[dict[str, Any]]:
    """The notices of one code, with how many records they concern."""
    for code, (heading, meaning) in _NOTICES.items():
        notices = [notice for notice in bill.notices if notice.code == code]
        if notices:
            yield {
                "heading": heading,
                "meaning": meaning,
                "records": sum(notice.count for notice in notices),
                **_who(notice.cache_id for notice in notices),
            }


def _who(cache_ids: Iterable[str]) -> dict[str, Any]:
    """The first caches by name, and how many there are."""
    ids = list(dict.fromkeys(cache_ids))
    return {"caches": ids[:_NAMED], "further": len(ids) - len(ids[:_NAMED])}
