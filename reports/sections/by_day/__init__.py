"""What each day cost: a chart with the dearest day as its message, and the same numbers as a table."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from reports.breakdown import break_down
from reports.charts import NARROW, WIDE, Bar, bar_chart
from reports.data import ReportData
from reports.drawn import Drawn
from reports.i18n import Formats, Words
from rules.period import epoch_s

_LABELLED = (0, 7, 14, 21, 28)
"""The days that the chart writes below their bars: the same day of the week each."""


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any] | None:
    """The days in order; those that have not begun yet are one row; left out where none was charged."""
    bill = data.bill
    days = break_down(data.by_day, in_order=True)
    if not days.amount:
        return None
    begun = {day.label for day in bill.month.days() if day.from_s < epoch_s(bill.as_of)}
    dearest = max(days.rows, key=lambda row: row.amount)
    bars = [
        Bar(str(index + 1) if index in _LABELLED else "", row.usage, row.creation)
        for index, row in enumerate(days.rows)
    ]
    description = t(
        "description",
        month=f.month(bill.month.from_s),
        day=f.day(str(dearest.key[0])),
        amount=f.shown(dearest.amount),
        total=f.shown(days.amount),
    ).unescape()
    return {
        "days": days,
        "rows": [(f.day(str(row.key[0])), row) for row in days.rows if row.key[0] in begun],
        "to_come": [f.day(str(row.key[0])) for row in days.rows if row.key[0] not in begun],
        "dearest": f.day(str(dearest.key[0])),
        "dearest_label": dearest.key[0],
        "dearest_amount": dearest.amount,
        "wide": bar_chart(bars, f, size=WIDE, description=description),
        "narrow": Drawn(partial(bar_chart, bars, f, size=NARROW, description=description)),
        "complete": bill.complete,
    }
