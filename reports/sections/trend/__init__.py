"""Thirteen months: what each cost, gaps as gaps; left out where only the month itself is known."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from billing.trend import MonthCost
from reports.charts import NARROW, WIDE, Bar, bar_chart
from reports.data import ReportData
from reports.drawn import Drawn
from reports.i18n import Formats, MonthForm, Words
from rules.period import Month


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any] | None:
    """A chart whose message is the month's place among those known, and the same numbers as a table."""
    known = [cost for cost in data.trend if cost.total is not None]
    mine = data.trend[-1]
    if len(known) < 2 or mine.total is None:
        return None
    dearer = sum(1 for cost in known if (cost.total or Decimal(0)) > mine.total)
    message = t.count(
        "rank" if dearer else "dearest",
        len(known),
        month=f.month(mine.month.from_s),
        count=f.number(len(known)),
        dearer=f.number(dearer),
    )
    description = t(
        "description",
        first=f.month(data.trend[0].month.from_s),
        last=f.month(mine.month.from_s),
        message=message,
    ).unescape()

    def bars(*, narrow: bool) -> list[Bar]:
        return [
            _bar(cost, t, f, narrow=narrow, first=index == 0, mine=cost is mine)
            for index, cost in enumerate(data.trend)
        ]

    return {
        "message": message,
        "running": data.running,
        "rows": [(f.month(cost.month.from_s), cost) for cost in reversed(data.trend)],
        "gaps": len(data.trend) - len(known),
        "incomplete": not all(cost.complete for cost in known),
        "wide": bar_chart(bars(narrow=False), f, size=WIDE, description=description),
        "narrow": Drawn(partial(bar_chart, bars(narrow=True), f, size=NARROW, description=description)),
    }


def _bar(cost: MonthCost, t: Words, f: Formats, *, narrow: bool, first: bool, mine: bool) -> Bar:
    """A month's bar: a gap is marked, and the amount of the report's own month is written above it."""
    zero = Decimal(0)
    label = f.month_short(cost.month.from_s, form=_form(cost.month, narrow=narrow, first=first))
    if cost.total is None:
        return Bar(label, zero, zero, "–" if narrow else t("gap").unescape())
    return Bar(label, cost.usage or zero, cost.creation or zero, f.plain_amount(cost.total) if mine else "")


def _form(month: Month, *, narrow: bool, first: bool) -> MonthForm:
    """How a month is written below its bar: thirteen of them with their years would run into one another."""
    if narrow:
        return "letter"
    return "year" if first or month.label.endswith("-01") else "name"
