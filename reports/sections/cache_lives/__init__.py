"""The life of each cache that matters: built, used, idle and gone, what a start cost and the pulling that it saved."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from markupsafe import Markup

from billing.bill import exact_sum
from billing.lives import CacheLife
from reports.caches import LIVES_SHOWN
from reports.data import ReportData
from reports.i18n import Formats, Words
from reports.strips import life_strip
from rules.money import round_amount, round_fraction
from rules.period import HOUR_S, instant, rfc3339
from rules.units import MICRO


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any] | None:
    """The dearest caches with their lives drawn, the others summed; left out where there is no cache."""
    lives = data.caches.lives
    if not lives:
        return None
    shown, others = lives[:LIVES_SHOWN], lives[LIVES_SHOWN:]
    named = Counter(life.cache_name for life in shown)
    doubled = {name for name, count in named.items() if name and count > 1}
    days = data.bill.month.days()
    kept, used = (sum(getattr(life, name) for life in shown) for name in ("days_kept", "days_used"))
    return {
        "message": t.count(
            "message",
            len(lives),
            shown=f.number(len(shown)),
            count=f.number(len(lives)),
            kept=f.number(kept),
            used=f.number(used),
            percent=f.percent(Decimal(used), Decimal(kept)),
        ),
        "first": f.day_short(days[0].label),
        "last": f.day_short(days[-1].label),
        "rows": [_row(life, doubled, data, t, f) for life in shown],
        "rest": _sum(others, f) if others else None,
        "total": _sum(lives, f),
        "unknown": sum(1 for life in lives if life.use.starts and life.use.pull_s is None),
        "unsized": sum(life.use.unsized for life in lives),
        "complete": data.bill.complete,
    }


def _row(
    life: CacheLife, doubled: Collection[str | None], data: ReportData, t: Words, f: Formats
) -> Mapping[str, Any]:
    starts = data.caches.days.get(life.cache_key, {})
    story = _story(life, t, f, data)
    described = t(
        "described",
        starts=f.number(life.use.starts),
        used=f.number(life.days_used),
        kept=f.number(life.days_kept),
        story=story,
    )
    return {
        "key": life.name,
        "name": life.cache_name or life.cache_id,
        "below": life.cache_id if life.cache_name in doubled else "",
        "method": t("is_" + life.creation_method, size=f.number(life.size_micro // MICRO)),
        "strip": life_strip(life, starts, data.bill.month, described.unescape()),
        "story": story,
        "used": t("days_of", used=f.number(life.days_used), kept=f.number(life.days_kept)),
        **_figures((life,), f),
    }


def _story(life: CacheLife, t: Words, f: Formats, data: ReportData) -> Markup:
    """When it was built, and what became of it, as far as that was in the month."""
    parts = []
    if data.bill.month.from_s <= life.created_s < data.bill.month.until_s:
        built = {"at": _day(life.created_s, f)}
        length_s = None if life.ready_s is None else max(0, life.ready_s - life.created_s)
        minutes = None if length_s is None else f.number(-(-length_s // 60))
        parts.append(t("built", **built) if minutes is None else t("built_in", minutes=minutes, **built))
    if life.end == "kept":
        parts.append(t("there") if not parts else t("kept"))
    else:
        parts.append(t("end_" + life.end, at=_day(life.last_s, f)))
    if not life.use.starts and life.end != "failed":
        parts.append(t("idle"))
    return Markup(" · ").join(parts)


def _day(at_s: int, f: Formats) -> str:
    return f.day_short(rfc3339(instant(at_s))[:10])


def _sum(lives: Sequence[CacheLife], f: Formats) -> Mapping[str, Any]:
    return {"count": len(lives), **_figures(lives, f)}


def _figures(lives: Sequence[CacheLife], f: Formats) -> Mapping[str, Any]:
    """Starts, amount, cost per start, and the pulling saved with its value, both None where nothing is known of it."""
    starts = sum(life.use.starts for life in lives)
    amount = exact_sum(life.amount for life in lives)
    pulls = [life.use.pull_s for life in lives if life.use.pull_s is not None]
    values = [life.use.pull_amount for life in lives if life.use.pull_amount is not None]
    return {
        "starts": f.number(starts),
        "amount": amount,
        "per_start": round_fraction(Fraction(amount) / starts) if starts else None,
        "pull_hours": f.fixed(round_amount(sum(pulls), HOUR_S), 1) if pulls else None,
        "pull_amount": exact_sum(values) if values else None,
    }
