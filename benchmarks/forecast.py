"""How far forecasts are off: Theil-Sen beside two simple rivals, last value and least squares, on generated histories.

Each history is 13 weeks of daily numbers. A forecast sees four of them and is asked for days up to 40 ahead; its error is the
mean distance from what came, in caches. All is exact and seeded, so every run prints the same table.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random

from billing.quotas.forecast import Point, fit
from rules.money import plain, round_amount
from rules.period import DAY_S

KINDS = (
    "flat",
    "growth",
    "steps",
    "weekly",
    "noise",
    "growth weekly",
    "growth noise",
    "growth bursts",
    "growth steps",
    "weekly noise",
    "growth weekly noise",
    "growth weekly steps",
)
"""What histories are made of: growth of one to eight caches a week, three steps up, fewer at weekends, noise, days of bursts."""

SEEN_DAYS, AHEAD_DAYS, HISTORIES = 28, (3, 7, 14, 28, 40), 20

Predict = Callable[[int], Fraction]
"""From an instant in epoch seconds to the number that is expected then."""


def generated(kind: str, number: int) -> list[int]:
    """The daily numbers of a history, of which the first day is any day of the week."""
    random, parts = Random(f"{kind} {number}"), kind.split()
    level, growth = Fraction(random.randint(10, 60)), Fraction(random.choice([1, 2, 3, 5, 8]), 7)
    steps = {random.randrange(91): random.randint(5, 15) for _ in range(3)}
    weekend, noise = random.randint(3, 10), random.randint(3, 6) if "noise" in parts else random.randint(0, 1)
    numbers = []
    for day in range(91):
        level += growth if "growth" in parts else 0
        level += steps.get(day, 0) if "steps" in parts else 0
        found = level + random.randint(-noise, noise)
        found -= weekend if "weekly" in parts and (day + number) % 7 in (5, 6) else 0
        found += random.randint(10, 30) if "bursts" in parts and random.randrange(14) == 0 else 0
        numbers.append(max(0, round(found)))
    return numbers


def theil_sen(points: Sequence[Point]) -> Predict:
    """Ours: from the present number along the trend, with the weekdays where there are enough."""
    trend, now = fit(points), points[-1]
    return lambda at_s: now.used + trend.change(now.at_s, at_s)


def last_value(points: Sequence[Point]) -> Predict:
    """Nothing changes."""
    return lambda _: Fraction(points[-1].used)


def least_squares(points: Sequence[Point]) -> Predict:
    """The line of the least squared residuals."""
    mean_s = Fraction(sum(point.at_s for point in points), len(points))
    mean = Fraction(sum(point.used for point in points), len(points))
    covariance = sum((point.at_s - mean_s) * (point.used - mean) for point in points)
    variance = sum((point.at_s - mean_s) * (point.at_s - mean_s) for point in points)
    slope = Fraction(covariance) / Fraction(variance)
    return lambda at_s: mean + slope * (at_s - mean_s)


METHODS = {"Theil-Sen": theil_sen, "last value": last_value, "least squares": least_squares}


def errors(kind: str, histories: int = HISTORIES) -> dict[str, Fraction]:
    """Each method's mean error, in caches, over the histories of a kind and the days ahead."""
    found = dict.fromkeys(METHODS, Fraction(0))
    for number in range(histories):
        numbers = generated(kind, number)
        points = [Point(day * DAY_S, used) for day, used in enumerate(numbers[:SEEN_DAYS])]
        for name, method in METHODS.items():
            predict = method(points)
            for ahead in AHEAD_DAYS:
                day = SEEN_DAYS - 1 + ahead
                found[name] += abs(predict(day * DAY_S) - numbers[day])
    return {name: error / (histories * len(AHEAD_DAYS)) for name, error in found.items()}


def main() -> None:
    """Print each method's error by kind of history, and over all of them."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Forecast: mean error in caches", title_justify="left", box=None, pad_edge=False)
    table.add_column("history")
    for name in METHODS:
        table.add_column(name, justify="right")
    by_kind = {kind: errors(kind) for kind in KINDS}
    for kind, found in by_kind.items():
        table.add_row(kind, *map(_text, found.values()))
    means = [sum((found[name] for found in by_kind.values()), Fraction(0)) / len(KINDS) for name in METHODS]
    table.add_row("[bold]all[/bold]", *(f"[bold]{_text(mean)}[/bold]" for mean in means))
    Console().print(table)


def _text(value: Fraction) -> str:
    hundredths = round_amount(round(value * 100), 100)
    whole, _, decimals = plain(hundredths).partition(".")
    return f"{whole}.{decimals:0<2}"


if __name__ == "__main__":
    main()
