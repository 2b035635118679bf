"""When a quota is expected to reach its limit: the median of pairwise slopes, with its range, exactly.

Theil-Sen: the slope between each two points, and of all these the median; a third of the points may be wrong without
moving it far. Where every weekday was seen four times, each day's usual distance from the line is added.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Literal, NamedTuple

from rules.period import DAY_S, day_end_s, instant, weekday

WINDOW_S = 28 * DAY_S
"""How far back a forecast looks, where nothing else is asked for; it looks ahead at most twice as far."""

LEAST_POINTS, LEAST_S = 5, 7 * DAY_S
"""What a forecast needs at least: so many points, and so long between the first and the last."""

WEEKS = 4
"""How often each weekday must have been seen before its usual distance from the line counts."""

METHOD, SEASONAL_METHOD, NO_METHOD = "theil-sen", "theil-sen+weekday", "none"


Follows = Literal["observed", "counted"]
FOLLOWED: tuple[Follows, ...] = ("observed", "counted")
"""What points may be, in the order in which they are preferred."""


class Point(NamedTuple):
    """How many places were used at an instant, in epoch seconds."""

    at_s: int
    used: int


@dataclass(frozen=True, slots=True)
class Trend:
    """A line through the present: caches a second, its quartile range, and what each weekday (0: Monday) adds to it."""

    slope: Fraction
    slope_low: Fraction
    slope_high: Fraction
    weekdays: tuple[Fraction, ...] | None

    def change(self, from_s: int, until_s: int, slope: Fraction | None = None) -> Fraction:
        """By how much use is expected to change between two instants, with the trend's slope or another one."""
        change = (self.slope if slope is None else slope) * (until_s - from_s)
        if self.weekdays is not None:
            change += self.weekdays[weekday(until_s)] - self.weekdays[weekday(from_s)]
        return change


@dataclass(frozen=True, slots=True)
class Forecast:
    """When use is expected to reach the limit, None where it isn't within twice the window, or nothing can be said.

    earliest, latest: the same with the quartiles of the slopes; None as above. slope_per_day and its range are caches a day.
    follows: whether the points were observed or counted. until: how far ahead the forecast looks. reason says in a sentence
    why there is no instant.
    """

    method: str
    follows: Follows
    reaches: datetime | None = None
    earliest: datetime | None = None
    latest: datetime | None = None
    slope_per_day: Fraction | None = None
    slope_per_day_low: Fraction | None = None
    slope_per_day_high: Fraction | None = None
    until: datetime | None = None
    reason: str | None = None


def forecast(
    points: Sequence[Point],
    *,
    at_s: int,
    used: int,
    limit: int | None,
    window_s: int = WINDOW_S,
    follows: Follows = "observed",
) -> Forecast:
    """The forecast from the points of the window [at_s - window_s, at_s], from `used` places at the moment on.

    Points are at most one a day: a slope for each two of them is looked at.
    """
    seen = [point for point in points if at_s - window_s <= point.at_s <= at_s]
    if lacking := _lacking(seen):
        return Forecast(NO_METHOD, follows, reason=lacking)
    trend = fit(seen)
    until_s = at_s + 2 * window_s
    found = [
        None if limit is None else crossing(trend, at_s, used, limit, until_s, slope)
        for slope in (trend.slope, trend.slope_high, trend.slope_low)
    ]
    reaches, earliest, latest = (None if second is None else instant(second) for second in found)
    return Forecast(
        method=METHOD if trend.weekdays is None else SEASONAL_METHOD,
        follows=follows,
        reaches=reaches,
        earliest=earliest,
        latest=latest,
        slope_per_day=trend.slope * DAY_S,
        slope_per_day_low=trend.slope_low * DAY_S,
        slope_per_day_high=trend.slope_high * DAY_S,
        until=instant(until_s),
        reason=_unreached(limit, window_s) if reaches is None else None,
    )


def fit(points: Sequence[Point]) -> Trend:
    """The trend of at least two points of different instants."""
    slopes = sorted(
        Fraction(later.used - earlier.used, later.at_s - earlier.at_s)
        for index, earlier in enumerate(points)
        for later in points[index + 1 :]
        if later.at_s > earlier.at_s
    )
    slope, last = median(slopes), len(slopes) - 1
    return Trend(
        slope=slope,
        slope_low=slopes[last // 4],
        slope_high=slopes[last - last // 4],
        weekdays=_weekdays(points, slope) if _every_weekday(points) else None,
    )


def median(ordered: Sequence[Fraction]) -> Fraction:
    """The middle of ordered values, half way between the two middle ones where their number is even."""
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def crossing(
    trend: Trend, at_s: int, used: int, limit: int, until_s: int, slope: Fraction | None = None
) -> int | None:
    """The first second, up to `until_s`, in which use is expected to be at the limit or above; None where there is none.

    `slope` replaces the trend's own. Between midnights of the billing zone use moves along the line; at midnight the
    weekday's usual distance from it changes.
    """
    if used >= limit:
        return at_s
    slope = trend.slope if slope is None else slope
    begin_s = at_s
    while begin_s <= until_s:
        end_s = day_end_s(begin_s)
        level = used + trend.change(at_s, begin_s, slope)
        if level >= limit:
            return begin_s
        if slope > 0:
            wait_s = -((level - limit) / slope // 1)
            if begin_s + wait_s < min(end_s, until_s + 1):
                return begin_s + wait_s
        begin_s = end_s
    return None


def _lacking(points: Sequence[Point]) -> str | None:
    """What points lack for a forecast, as a sentence."""
    span_s = points[-1].at_s - points[0].at_s if points else 0
    if len(points) >= LEAST_POINTS and span_s >= LEAST_S:
        return None
    days = f"{span_s // DAY_S} days" if span_s // DAY_S != 1 else "1 day"
    number = "1 observation" if len(points) == 1 else f"{len(points)} observations"
    return f"{number} over {days}: a forecast needs at least {LEAST_POINTS} over {LEAST_S // DAY_S} days"


def _unreached(limit: int | None, window_s: int) -> str:
    if limit is None:
        return "the limit is not known"
    return f"the limit is not reached within {2 * window_s // DAY_S} days"


def _every_weekday(points: Sequence[Point]) -> bool:
    seen = [0] * 7
    for point in points:
        seen[weekday(point.at_s)] += 1
    return min(seen) >= WEEKS


def _weekdays(points: Sequence[Point], slope: Fraction) -> tuple[Fraction, ...]:
    """Each weekday's usual distance from the line: the median of its points' residuals."""
    return tuple(
        median(
            sorted(
                point.used - slope * (point.at_s - points[0].at_s)
                for point in points
                if weekday(point.at_s) == day
            )
        )
        for day in range(7)
    )
