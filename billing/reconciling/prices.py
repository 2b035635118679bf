"""The unit prices of a bill: what `0.0021` `元/GB/小时` means for one base unit of ours, as exact fractions.

Bills write units in many ways, and often leave the time away: then it is an hour, a month of 720 hours or a second, and whatever
fits is believed. A price that can't be read is no evidence at all.
"""

import re
from fractions import Fraction

from rules.period import HOUR_S, MONTH_HOURS

_MONTH_S = MONTH_HOURS * HOUR_S
_TIMES: tuple[tuple[str, int], ...] = (
    ("小时", HOUR_S), ("hour", HOUR_S), ("hr", HOUR_S), ("时", HOUR_S), ("月", _MONTH_S), ("month", _MONTH_S),
    ("mo", _MONTH_S), ("天", 24 * HOUR_S), ("day", 24 * HOUR_S), ("秒", 1), ("second", 1), ("sec", 1),
)  # fmt: skip
_COUNT = re.compile(r"(?<![\w.])(\d{1,6})(?![\w.]*\d)")


def unit_seconds(unit: str) -> tuple[int, ...]:
    """The seconds that a unit with a time in it can mean, the likeliest first."""
    lowered = unit.lower()
    for word, seconds in _TIMES:
        if word in lowered or (word == "sec" and lowered.rstrip().endswith("s") and "*s" in lowered):
            return (seconds,)
    return (HOUR_S, _MONTH_S, 1)


def prices_per_unit(price: str, unit: str, *, of_s: int) -> tuple[Fraction, ...]:
    """The prices of one base unit (whose time is `of_s` seconds) that the text can mean, the likeliest first; none unreadable."""
    try:
        amount = Fraction(price.replace(",", "").strip())
    except (ValueError, ZeroDivisionError):
        return ()
    counted = _COUNT.search(unit)
    count = int(counted[1]) if counted and int(counted[1]) else 1
    return tuple(amount * of_s / (count * seconds) for seconds in unit_seconds(unit))


def quantities(
    usage: Fraction, unit: str, period: Fraction | None, period_unit_s: int, *, of_s: int
) -> tuple[Fraction, ...]:
    """The quantities in base units that a usage can mean: with the unit's own time, or for the time that was billed."""
    lowered = unit.lower()
    if any(word in lowered for word, _ in _TIMES):
        return tuple(usage * seconds / of_s for seconds in unit_seconds(unit))
    found = [usage * HOUR_S / of_s, usage / of_s if of_s == 1 else usage]
    if period:
        found.insert(0, usage * period * period_unit_s / of_s)
    return tuple(found)
