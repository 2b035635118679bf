"""Single caches to look at: what a replay says that they would save, and what others cost; left out where nothing was found."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from markupsafe import Markup

from billing.findings import Cost, Saving
from billing.lives import CacheLife
from reports.data import ReportData
from reports.i18n import Formats, Words

NAMED = 3
"""Caches of a finding that are named, those with the most to gain; its command shows all."""


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any] | None:
    """One row for each finding, each with the command that shows the same number."""
    costs, savings = data.caches.costs, data.caches.savings
    if not costs and not savings:
        return None
    shown = [
        {
            "what": what_costs(cost, t, f),
            "means": t("means_" + cost.kind),
            "names": _names(cost.caches, t, f),
            "kind": cost.kind,
            "amount": cost.amount,
        }
        for cost in costs
    ]
    return {
        "dearest": max(shown, key=itemgetter("amount"), default=None),
        "month": data.bill.month.label,
        "savings": [
            {
                "what": what_saves(saving, t, f),
                "names": _names(saving.caches, t, f),
                "kind": saving.kind,
                "one": saving.replayed,
            }
            for saving in savings
        ],
        "costs": shown,
        "account": data.account,
        "total": data.bill.total,
        "running": data.running,
    }


def what_saves(saving: Saving, t: Words, f: Formats) -> Markup:
    """The change that a replay made, in a sentence."""
    size = dict(saving.replayed.settings).get("size_gib", "")
    return t.count("saves_" + saving.kind, len(saving.caches), count=f.number(len(saving.caches)), size=size)


def what_costs(cost: Cost, t: Words, f: Formats) -> Markup:
    """What some caches are, in a phrase."""
    return t.count("costs_" + cost.kind, len(cost.caches), count=f.number(len(cost.caches)))


def _names(caches: Sequence[CacheLife], t: Words, f: Formats) -> Mapping[str, Any]:
    more = len(caches) - NAMED
    return {
        "first": [life.cache_name or life.cache_id for life in caches[:NAMED]],
        "more": t.count("more", more, count=f.number(more)) if more > 0 else "",
    }
