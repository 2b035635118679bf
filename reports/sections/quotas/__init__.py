"""How full the quotas were: the month with the limit drawn in, peaks, what happened at the limit, the forecast in a sentence."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from markupsafe import Markup

from billing.quotas import QuotaUse
from reports.charts import NARROW, WIDE, step_chart
from reports.data import ReportData
from reports.drawn import Drawn
from reports.i18n import Formats, Words, name
from reports.quotas import MonthQuota
from reports.step_line import StepLine
from rules.money import round_amount
from rules.period import DAY_S, HOUR_S, instant

CHARTS, ROWS = 3, 20
"""How many quotas are drawn, and how many are in the table: the fullest ones."""


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any] | None:
    """The quotas, the fullest first; left out where none is known."""
    if not data.quotas:
        return None
    rows = [_row(found.use, t, f) for found in data.quotas[:ROWS]]
    return {
        "rows": rows,
        "columns": [name for name in ("above", "full", "evictions") if any(row[name] for row in rows)],
        "more": max(0, len(data.quotas) - ROWS),
        "drawn": [_drawn(found, t, f) for found in data.quotas[:CHARTS] if found.use.limit],
        "fullest": _name(data.quotas[0].use, t),
        "share": _percent(data.quotas[0].use, f),
        "refused": any(found.use.full_s and found.use.at_limit == "refused" for found in data.quotas),
        "evicted": sum(found.use.evicted for found in data.quotas),
        "unknown": sum(found.use.limit is None for found in data.quotas),
        "running": data.running,
    }


def _row(use: QuotaUse, t: Words, f: Formats) -> Mapping[str, Any]:
    return {
        "account": use.account_id,
        "region": use.region,
        "quota": _kind(use, t),
        "used": f.number(use.used),
        "stale": use.stale,
        "limit": None if use.limit is None else f.number(use.limit),
        "share": _percent(use, f),
        "peak": f.number(use.peak),
        "peak_at": f.instant(use.peak_at),
        "above": _length(use.above_s, t, f),
        "full": _length(use.full_s, t, f),
        "evictions": f.number(use.evicted) if use.evicted else "",
    }


def _drawn(found: MonthQuota, t: Words, f: Formats) -> Mapping[str, Any]:
    """A quota's chart of each day's most, and its forecast in a sentence."""
    use, days = found
    line = StepLine(
        title=use.quota,
        moments=tuple(instant(day.from_s) for day in days),
        end=use.at,
        values=tuple(day.most for day in days),
        limits=tuple(day.last.limit for day in days),
        limit_name=str(t("limit_is", limit=f.number(use.limit or 0))),
    )
    called = _name(use, t)
    description = t(
        "description",
        name=called.striptags(),
        peak=f.number(use.peak),
        day=f.instant(use.peak_at),
        limit=f.number(use.limit or 0),
    ).unescape()
    return {
        "name": called,
        "wide": step_chart(line, f, size=WIDE, description=description),
        "narrow": Drawn(partial(step_chart, line, f, size=NARROW, description=description)),
        "forecast": _forecast(use, t, f),
        "at_limit": t("next_refused") if use.at_limit == "refused" else t("next_evicted"),
    }


def _forecast(use: QuotaUse, t: Words, f: Formats) -> Markup:
    found = use.forecast
    if use.limit is not None and use.used >= use.limit:
        return t("is_full")
    if found.slope_per_day is None:
        return t("no_forecast")
    slope = _slope(found.slope_per_day, f)
    if found.reaches is None and not found.slope_per_day:
        return t("steady")
    if found.reaches is None:
        return t("not_reached", slope=slope, until=f.instant(found.until or use.at))
    if found.earliest is not None and found.latest is not None:
        return t(
            "reached_between",
            slope=slope,
            at=f.instant(found.reaches),
            earliest=f.instant(found.earliest),
            latest=f.instant(found.latest),
        )
    return t("reached", slope=slope, at=f.instant(found.reaches))


def _slope(value: Fraction, f: Formats) -> str:
    """Caches a day with one decimal and a sign."""
    return f.signed(round_amount(round(value * 10), 10))


def _name(use: QuotaUse, t: Words) -> Markup:
    return t("name", account=name(use.account_id), region=name(use.region), quota=_kind(use, t))


def _kind(use: QuotaUse, t: Words) -> str:
    return str(t("kind_" + use.quota))


def _percent(use: QuotaUse, f: Formats) -> str | None:
    return None if use.limit is None else f.percent(Decimal(use.used), Decimal(use.limit))


def _length(length_s: int, t: Words, f: Formats) -> str:
    """A length of time in hours, or in days where it is long; empty where there is none."""
    if not length_s:
        return ""
    if length_s < HOUR_S:
        return str(t("under_an_hour"))
    if length_s < 2 * DAY_S:
        return str(t("hours", count=f.number(length_s // HOUR_S)))
    return str(t("days", count=f.number(length_s // DAY_S)))
