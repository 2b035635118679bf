"""The forecast, by hand: slopes, quartiles, the instant of the limit, when it refuses, weekdays; and the backtest."""

from fractions import Fraction
from pathlib import Path

import pytest

from benchmarks.forecast import KINDS, METHODS, errors
from billing.quotas.forecast import Point, crossing, fit, forecast
from rules.period import instant, parse_instant, weekday
from tests.quotas.stories import BEGIN_S, DAY, Quotas, at, cache, observed

NOW = BEGIN_S + 28 * DAY


def points(*numbers: int, end_s: int = NOW) -> list[Point]:
    """One number a day, the last one at the moment."""
    return [Point(end_s - (len(numbers) - 1 - day) * DAY, used) for day, used in enumerate(numbers)]


def test_the_slope_is_the_median_of_all_slopes() -> None:
    """Of 0, 1, 2 and 9 the slopes are 1, 1, 3, 1, 4 and 7: in order 1 1 1 3 4 7, so the median is 2; the quartiles 1 and 4."""
    trend = fit(points(0, 1, 2, 9))
    assert (trend.slope * DAY, trend.slope_low * DAY, trend.slope_high * DAY) == (
        Fraction(2),
        Fraction(1),
        Fraction(4),
    )


def test_an_outlier_moves_nothing() -> None:
    assert fit(points(10, 11, 12, 99, 14, 15, 16, 17, 18)).slope * DAY == 1


def test_the_limit_is_reached_along_the_slope() -> None:
    """20 more at two a day: ten days."""
    found = forecast(points(*range(10, 31, 2)), at_s=NOW, used=30, limit=50)
    assert (found.method, found.slope_per_day) == ("theil-sen", Fraction(2))
    assert found.reaches == found.earliest == found.latest == instant(NOW + 10 * DAY)
    assert found.reason is None


def test_the_limit_is_reached_in_the_first_whole_second() -> None:
    trend = fit(points(0, 3, 6))
    assert crossing(trend, NOW, 6, 7, NOW + 9 * DAY) == NOW + DAY // 3
    assert crossing(fit(points(0, 7)), NOW, 7, 8, NOW + 9 * DAY) == NOW - (-DAY // 7)


def test_the_range_comes_from_the_quartiles() -> None:
    """Two days apart, 0 4 4 6 9 have the slopes 0 1/2 5/6 1 1 1 9/8 5/4 3/2 2: the third from either end are the quartiles."""
    uneven = [Point(NOW - (8 - 2 * number) * DAY, used) for number, used in enumerate((0, 4, 4, 6, 9))]
    found = forecast(uneven, at_s=NOW, used=9, limit=18)
    slopes = (found.slope_per_day_low, found.slope_per_day, found.slope_per_day_high)
    assert slopes == (Fraction(5, 6), Fraction(1), Fraction(5, 4))
    assert found.earliest == instant(NOW + 9 * 4 * DAY // 5)
    assert found.reaches == instant(NOW + 9 * DAY)
    assert found.latest == instant(NOW + 9 * 6 * DAY // 5)


@pytest.mark.parametrize("limit", [8, 7, 0])
def test_a_full_quota_has_reached_its_limit(limit: int) -> None:
    assert forecast(points(*range(9)), at_s=NOW, used=8, limit=limit).reaches == instant(NOW)


@pytest.mark.parametrize(
    ("numbers", "reason"),
    [
        ((), "0 observations over 0 days: a forecast needs at least 5 over 7 days"),
        ((1,), "1 observation over 0 days: a forecast needs at least 5 over 7 days"),
        ((1, 2, 3, 4, 5, 6, 7), "7 observations over 6 days: a forecast needs at least 5 over 7 days"),
    ],
)
def test_too_little_is_refused(numbers: tuple[int, ...], reason: str) -> None:
    found = forecast(points(*numbers), at_s=NOW, used=1, limit=50)
    assert (found.method, found.reaches, found.slope_per_day, found.reason) == ("none", None, None, reason)


def test_four_observations_over_a_month_are_too_few_and_five_over_seven_days_enough() -> None:
    four = [Point(NOW - days * DAY, 9) for days in (27, 20, 10, 0)]
    assert forecast(four, at_s=NOW, used=9, limit=50).method == "none"
    five = [Point(NOW - days * DAY, 9) for days in (7, 5, 3, 1, 0)]
    assert forecast(five, at_s=NOW, used=9, limit=50).method == "theil-sen"


def test_it_looks_ahead_at_most_twice_the_window() -> None:
    """One a day: 56 days ahead is the last day of twice 28 days, and 57 is beyond."""
    rising = points(*range(20))
    assert forecast(rising, at_s=NOW, used=19, limit=19 + 56).reaches == instant(NOW + 56 * DAY)
    beyond = forecast(rising, at_s=NOW, used=19, limit=19 + 57)
    assert (beyond.reaches, beyond.reason) == (None, "the limit is not reached within 56 days")
    week = forecast(rising, at_s=NOW, used=19, limit=19 + 15, window_s=7 * DAY)
    assert (week.reaches, week.until) == (None, instant(NOW + 14 * DAY))


def test_what_lies_before_the_window_does_not_count() -> None:
    old = [Point(NOW - 29 * DAY, 900), *points(*range(10))]
    assert forecast(old, at_s=NOW, used=9, limit=50).slope_per_day == 1


def test_falling_use_and_an_unknown_limit_reach_nothing() -> None:
    falling = forecast(points(9, 8, 7, 6, 5, 4, 3, 2, 1), at_s=NOW, used=1, limit=50)
    assert (falling.reaches, falling.slope_per_day) == (None, Fraction(-1))
    unknown = forecast(points(*range(9)), at_s=NOW, used=8, limit=None)
    assert (unknown.reaches, unknown.slope_per_day, unknown.reason) == (
        None,
        Fraction(1),
        "the limit is not known",
    )


def test_weekdays_are_known_after_four_weeks() -> None:
    """Forty on weekdays and ten fewer at weekends, without a trend: next Monday 42 is not reached, 40 is, at its midnight."""
    sunday = next(NOW + day * DAY for day in range(7) if weekday(NOW + day * DAY) == 6)
    numbers = [40 - 10 * (weekday(sunday - day * DAY) >= 5) for day in range(27, -1, -1)]
    weekly = points(*numbers, end_s=sunday)
    found = forecast(weekly, at_s=sunday, used=30, limit=40)
    assert found.method == "theil-sen+weekday"
    assert found.slope_per_day == 0
    assert found.reaches == instant(sunday + DAY)
    assert forecast(weekly, at_s=sunday, used=30, limit=42).reaches is None
    assert forecast(weekly[1:], at_s=sunday, used=30, limit=40).method == "theil-sen"


def test_it_follows_what_was_observed_and_else_what_was_counted(tmp_path: Path) -> None:
    """The source saw two more a day; the records have one more a day."""
    caches = [cache(f"{day:02}", 24 * day) for day in range(20)]
    seen = [observed(24 * day, 2 * day) for day in range(20)]
    by_sight = Quotas(tmp_path / "seen", caches, seen).use(24 * 19).forecast
    assert (by_sight.follows, by_sight.slope_per_day) == ("observed", Fraction(2))
    assert by_sight.reaches == parse_instant(at(24 * 25))
    by_count = Quotas(tmp_path / "counted", caches, seen[-2:]).use(24 * 19).forecast
    assert (by_count.follows, by_count.slope_per_day) == ("counted", Fraction(1))
    alone = Quotas(tmp_path / "few", [], seen[-2:]).use(24 * 19).forecast
    assert (alone.follows, alone.method) == ("observed", "none")
    assert alone.reason == "2 observations over 1 day: a forecast needs at least 5 over 7 days"


def test_many_observations_of_one_day_are_one(tmp_path: Path) -> None:
    seen = [observed(hour, hour // 24) for hour in range(0, 24 * 10, 4)]
    use = Quotas(tmp_path, [], seen).use(24 * 10)
    assert use.forecast.slope_per_day == Fraction(1)


def test_the_recommended_method_wins_the_backtest() -> None:
    """On the mean over all kinds of histories, as benchmarks/forecast.py prints it from more of each."""
    means = dict.fromkeys(METHODS, Fraction(0))
    for kind in KINDS:
        for name, error in errors(kind, histories=4).items():
            means[name] += error
    assert min(means, key=lambda name: means[name]) == "Theil-Sen"
