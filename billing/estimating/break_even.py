"""From how many instances, hours of running and days of keeping on which option is the cheapest: solved, not searched.

Each option's cost is a straight line over each of the three while everything else stays as asked, at the prices of the question's
instant: a creation and a keeping that don't depend on use, and a use that grows evenly. Two prices of each option
fix its line; two lines cross in a fraction, or never. Hours and days are counted from a full hour, so that a day of a snapshot
is 24 hours.
"""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any, NamedTuple

from billing.estimating.pricing import exact_amount
from billing.estimating.question import OPTIONS, Option, Question
from billing.estimating.records import records
from rules.money import plain, round_fraction
from rules.period import DAY_S, HOUR_S
from rules.tariff import Tariff


class Cost(NamedTuple):
    """An option's cost over a variable, in currency: `fixed` + `each` × the variable."""

    fixed: Fraction
    each: Fraction

    def at(self, x: Fraction) -> Fraction:
        """The cost at a value of the variable."""
        return self.fixed + self.each * x


class Segment(NamedTuple):
    """Where an option is the cheapest: from one value of the variable to another (None: without end).

    `equal` are the options that cost the same all along it.
    """

    from_x: Fraction
    until_x: Fraction | None
    option: Option
    equal: tuple[Option, ...]


class Crossing(NamedTuple):
    """Two options compared: which is cheaper below and above the value where they cost the same; `at` None: never.

    `below` and `above` are the same where they never cross; both are None where the two cost the same everywhere.
    """

    options: tuple[Option, Option]
    at: Fraction | None
    below: Option | None
    above: Option | None


class Variable(NamedTuple):
    """One thing that can be varied: its name, its least value, its unit as people write it, and the value asked for."""

    name: str
    least: int
    unit: str
    whole: bool
    asked: Fraction | None


class BreakEven(NamedTuple):
    """How the options compare over one variable."""

    variable: Variable
    costs: dict[Option, Cost]
    segments: tuple[Segment, ...]
    crossings: tuple[Crossing, ...]

    @property
    def never(self) -> tuple[Option, ...]:
        """The options that are nowhere the cheapest, not even together with another."""
        somewhere = {option for each in self.segments for option in (each.option, *each.equal)}
        return tuple(option for option in self.costs if option not in somewhere)

    def to_json(self) -> dict[str, Any]:
        """Exact numbers: decimals rounded at the tenth place, beside the fractions that they are."""
        return {
            "unit": self.variable.unit,
            "least": str(self.variable.least),
            "asked": _number(self.variable.asked),
            "cheapest": [
                {
                    "from": _number(each.from_x),
                    "until": _number(each.until_x),
                    "until_exact": _fraction(each.until_x),
                    "option": each.option,
                    "equal": list(each.equal),
                }
                for each in self.segments
            ],
            "crossings": [
                {
                    "options": list(each.options),
                    "at": _number(each.at),
                    "exact": _fraction(each.at),
                    "below": each.below,
                    "above": each.above,
                }
                for each in self.crossings
            ],
            "never": list(self.never),
            "costs": {
                option: {"fixed": _fraction(cost.fixed), "each": _fraction(cost.each)}
                for option, cost in self.costs.items()
            },
        }


def break_even(question: Question, tariff: Tariff) -> tuple[BreakEven, ...]:
    """The comparison over instances, hours of running and days of keeping; none where an option lacks a price.

    Without a time to pull, having no cache is not compared. Instances and hours are varied where all instances are alike.
    """
    options = OPTIONS if question.pull is not None else OPTIONS[:2]
    found = []
    for variable, varied in _variables(question):
        costs: dict[Option, Cost] = {}
        for option in options:
            one, two = (_exact(varied(x), option, tariff, question.at_s) for x in (1, 2))
            if one is None or two is None:
                return ()
            costs[option] = Cost(2 * one - two, two - one)
        found.append(compare(variable, costs))
    return tuple(found)


def compare(variable: Variable, costs: dict[Option, Cost]) -> BreakEven:
    """Which of the costs is the lowest where, from the variable's least value on, and where each two cross."""
    least = Fraction(variable.least)
    crossings = tuple(_crossing(least, costs, one, two) for one, two in combinations(costs, 2))
    edges = sorted({least, *(each.at for each in crossings if each.at is not None)})
    bounds: list[tuple[Fraction, Fraction | None]] = [*pairwise(edges), (edges[-1], None)]
    segments: list[Segment] = []
    for from_x, until_x in bounds:
        inside = from_x + 1 if until_x is None else (from_x + until_x) / 2
        lowest = min(cost.at(inside) for cost in costs.values())
        first, *equal = (option for option, cost in costs.items() if cost.at(inside) == lowest)
        if segments and (segments[-1].option, segments[-1].equal) == (first, tuple(equal)):
            segments[-1] = segments[-1]._replace(until_x=until_x)
        else:
            segments.append(Segment(from_x, until_x, first, tuple(equal)))
    return BreakEven(variable, costs, tuple(segments), crossings)


def _crossing(least: Fraction, costs: dict[Option, Cost], one: Option, two: Option) -> Crossing:
    (fixed, each), (other_fixed, other_each) = costs[one], costs[two]
    if (fixed, each) == (other_fixed, other_each):
        return Crossing((one, two), None, None, None)
    at = None if each == other_each else (other_fixed - fixed) / (each - other_each)
    if at is None or at < least:
        far = least + 1
        cheaper = one if costs[one].at(far) < costs[two].at(far) else two
        return Crossing((one, two), None, cheaper, cheaper)
    below, above = (two, one) if each < other_each else (one, two)
    return Crossing((one, two), at, None if at == least else below, above)


def _variables(question: Question) -> list[tuple[Variable, Callable[[int], Question]]]:
    """What can be varied, and the question with a value of it."""
    keep = Variable(
        "keep_days", 0, "days", False, None if question.keep_s is None else Fraction(question.keep_s, DAY_S)
    )
    found: list[tuple[Variable, Callable[[int], Question]]] = []
    if len(question.groups) == 1:
        [group] = question.groups
        instances = Variable("instances", 1, "instances", True, Fraction(group.count))
        hours = Variable("run_hours", 0, "hours", False, Fraction(group.run_s, HOUR_S))
        found = [
            (instances, lambda x: replace(question, groups=(replace(group, count=x),))),
            (hours, lambda x: replace(question, groups=(replace(group, run_s=x * HOUR_S),))),
        ]
    return [*found, (keep, lambda x: replace(question, keep_s=x * DAY_S))]


def _exact(question: Question, option: Option, tariff: Tariff, at_s: int) -> Fraction | None:
    """What an option costs when all of it happens at the prices of `at_s`, the snapshot from a full hour on."""
    ready_s = -(-(at_s + question.build_s) // HOUR_S) * HOUR_S
    return exact_amount(records(replace(question, at_s=ready_s), option), tariff, at_s)


def _number(x: Fraction | None) -> str | None:
    return None if x is None else plain(round_fraction(x))


def _fraction(x: Fraction | None) -> str | None:
    return None if x is None else str(x)


def sentence(found: BreakEven, titles: dict[str, str]) -> str:
    """Which option is the cheapest where, as a sentence: no cache up to 12 instances, manual from 13.

    Crossings of options of which neither is the cheapest there follow: manual under no cache up to 8 hours.
    """
    said = [_segment_words(found, each, titles) for each in found.segments]
    never = [titles[option] for option in found.never]
    edges = {each.from_x for each in found.segments}
    asides = [
        _aside(found.variable, each, titles)
        for each in found.crossings
        if each.below and each.at not in edges
    ]
    return "; ".join(
        [", ".join(said), *([f"{' and '.join(never)} never"] if never else []), *filter(None, asides)]
    )


def _segment_words(found: BreakEven, each: Segment, titles: dict[str, str]) -> str:
    names = " or ".join(titles[option] for option in (each.option, *each.equal))
    unit, whole, least = found.variable.unit, found.variable.whole, found.variable.least
    starts, ends = each.from_x > least, each.until_x is not None
    if not starts and not ends:
        return f"{names} at any number of {unit}"
    first = -(-each.from_x.numerator // each.from_x.denominator) if whole else None
    last = each.until_x.numerator // each.until_x.denominator if whole and each.until_x else None
    if whole and starts and each.from_x.denominator == 1 and first is not None:
        first += 1
    low = str(first) if first is not None else _words(each.from_x)
    high = "" if each.until_x is None else str(last) if last is not None else _words(each.until_x)
    if not starts:
        return f"{names} up to {high} {unit.removesuffix('s') if high == '1' else unit}"
    return f"{names} from {low}{f' to {high}' if ends else ''}" + (
        "" if found.segments[0] is not each else f" {unit}"
    )


def _aside(variable: Variable, each: Crossing, titles: dict[str, str]) -> str | None:
    """Which of two costs less up to where they cross; None where they never do."""
    if each.at is None or each.below is None or each.above is None:
        return None
    until = str(each.at.numerator // each.at.denominator) if variable.whole else _words(each.at)
    unit = variable.unit.removesuffix("s") if until == "1" else variable.unit
    return f"{titles[each.below]} under {titles[each.above]} up to {until} {unit}"


def _words(x: Fraction) -> str:
    """A number for a sentence, to three decimals, with a mark where it is rounded."""
    rounded = round(x, 3)
    text = plain(round_fraction(rounded))
    return text if rounded == x else f"about {text}"
