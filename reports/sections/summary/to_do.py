"""The three things to do that page one names: what replays confirm first, then what costs most that nobody seems to need."""

from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from reports.data import ReportData
from reports.i18n import Formats, Words
from reports.sections.findings import what_costs, what_saves

THINGS = 3

_SECTIONS = Path(__file__).parents[1]


class Thing(NamedTuple):
    """Something to do or to look at: the month's saving under a replay, or only what it cost.

    key: of the article that explains the amount.
    """

    what: Markup
    amount: Decimal
    proved: bool
    section: str
    key: tuple[object, ...]


def to_do(data: ReportData, f: Formats) -> list[Thing]:
    """At most three, savings by what they save net, then costs; a part of a choice that is named already is left out."""
    if not data.bill.complete:
        return []
    choices, caches = (Words(f.language, _SECTIONS / name) for name in ("recommendations", "findings"))
    proved = [
        (
            one.net,
            Thing(
                _choice(one.kind, dict(one.settings), choices),
                one.saving,
                True,
                "recommendations",
                ("recommendation", one.kind),
            ),
        )
        for one in data.recommendations.each
    ]
    everywhere = {one.kind for one in data.recommendations.each}
    proved += [
        (
            each.replayed.net,
            Thing(what_saves(each, caches, f), each.replayed.saving, True, "findings", ("saving", number)),
        )
        for number, each in enumerate(data.caches.savings)
        if each.kind not in everywhere
    ]
    things = [thing for _, thing in sorted(proved, key=lambda pair: -pair[0])]
    costs = sorted(data.caches.costs, key=lambda cost: -cost.amount)
    things += [
        Thing(what_costs(cost, caches, f), cost.amount, False, "findings", ("cost", cost.kind))
        for cost in costs
    ]
    return things[:THINGS]


def _choice(kind: str, settings: dict[str, str], t: Words) -> Markup:
    return t("do_" + kind, days=settings.get("retention_days", ""))
