"""Break-even points are exact: at the fraction both options cost the same, and on each side the named one costs less."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from billing.estimating import OPTIONS, Pull, Question, make_estimate
from billing.estimating.break_even import BreakEven, Cost, Variable, break_even, compare, sentence
from billing.estimating.options import TITLES
from rules.tariff import load
from tests.estimating.questions import question

CHINA = load("alibaba-cn")
HOURS = Variable("run_hours", 0, "hours", False, None)
INSTANCES = Variable("instances", 1, "instances", True, None)

costs = st.fixed_dictionaries(
    {option: st.builds(Cost, st.fractions(0, 5), st.fractions(0, 5)) for option in OPTIONS}
)


def found(asked: Question, name: str) -> BreakEven:
    """The comparison over one variable."""
    return next(each for each in break_even(asked, CHINA) if each.variable.name == name)


def test_short_runs_that_pull_for_long_are_worth_a_cache() -> None:
    asked = question(pull=Pull(seconds=600, estimated=False), count=100, snapshot_gib=Decimal(2))
    hours = found(asked, "run_hours")
    crossing = next(each for each in hours.crossings if each.options == ("manual", "no_cache"))
    # By hand: creation (2×0.000049 + 4×0.00000613 + 0.0021/3600×40) × 300, snapshot 2×72×0.12/720, per hour 100 × 40 × 0.0021;
    # against 100 × 600 × (2×0.000049 + 4×0.00000613).
    pulling = Fraction("0.00012252")
    creation = (pulling + Fraction("0.0021") / 3600 * 40) * 300 + Fraction("0.024")
    assert crossing.at == (100 * 600 * pulling - creation) / (100 * 40 * Fraction("0.0021"))
    assert (crossing.below, crossing.above) == ("manual", "no_cache")
    assert [each.option for each in hours.segments] == ["manual", "automatic", "no_cache"]
    assert hours.never == ()


def test_it_says_never() -> None:
    asked = question(pull=Pull(seconds=50, estimated=False))
    days = found(asked, "keep_days")
    assert [each.option for each in days.segments] == ["no_cache"]
    assert set(days.never) == {"manual", "automatic"}
    assert sentence(days, TITLES) == "no cache at any number of days; manual and automatic never"


def test_without_a_time_to_pull_having_no_cache_is_not_compared() -> None:
    assert all(set(each.costs) == {"manual", "automatic"} for each in break_even(question(), CHINA))


def test_without_a_price_there_is_none() -> None:
    assert break_even(question(region="us-west-1"), CHINA) == ()


def test_sentences_name_whole_instances() -> None:
    lines = {"manual": Cost(Fraction(10), Fraction(0)), "no_cache": Cost(Fraction(0), Fraction(4, 5))}
    said = compare(INSTANCES, lines)  # type: ignore[arg-type]
    assert said.crossings[0].at == Fraction(25, 2)
    assert sentence(said, TITLES) == "no cache up to 12 instances, manual from 13"
    even = compare(INSTANCES, lines | {"no_cache": Cost(Fraction(0), Fraction(1))})  # type: ignore[arg-type]
    assert sentence(even, TITLES) == "no cache up to 10 instances, manual from 11"


def test_sentences_name_crossings_below_the_surface() -> None:
    lines = {
        "manual": Cost(Fraction(10), Fraction(1)),
        "automatic": Cost(Fraction(1), Fraction(0)),
        "no_cache": Cost(Fraction(0), Fraction(3)),
    }
    said = sentence(compare(HOURS, lines), TITLES)  # type: ignore[arg-type]
    assert said == (
        "no cache up to about 0.333 hours, automatic from about 0.333; manual never; no cache under manual up to 5 hours"
    )


@given(costs)
def test_the_segments_are_the_lower_envelope(lines: dict[str, Cost]) -> None:
    said = compare(HOURS, lines)  # type: ignore[arg-type]
    assert said.segments[0].from_x == 0
    assert said.segments[-1].until_x is None
    for each, later in zip(said.segments, said.segments[1:], strict=False):
        assert each.until_x == later.from_x
        assert lines[each.option].at(later.from_x) == lines[later.option].at(later.from_x)
    for each in said.segments:
        end = each.from_x + 1000 if each.until_x is None else each.until_x
        for x in (each.from_x, (each.from_x + end) / 2, end):
            assert lines[each.option].at(x) == min(cost.at(x) for cost in lines.values())


@given(costs)
def test_each_side_of_a_crossing_is_the_cheaper_one(lines: dict[str, Cost]) -> None:
    for each in compare(HOURS, lines).crossings:  # type: ignore[arg-type]
        one, two = (lines[option] for option in each.options)
        if each.at is None:
            cheaper = each.above
            assert (each.above, each.below) == (cheaper, cheaper)
            others = [lines[option] for option in each.options if option != cheaper]
            for x in map(Fraction, (1, 7, 1000)):
                assert cheaper is None or all(lines[cheaper].at(x) < other.at(x) for other in others)
                assert cheaper is not None or one == two
            continue
        assert one.at(each.at) == two.at(each.at)
        assert each.above is not None
        dearer = two if each.above == each.options[0] else one
        assert lines[each.above].at(each.at + 1) < dearer.at(each.at + 1)


@given(st.integers(1, 400), st.integers(0, 900), st.integers(20, 200))
def test_the_solved_point_is_where_estimates_change(count: int, pull_s: int, size: int) -> None:
    asked = question(count=count, pull=Pull(seconds=pull_s, estimated=False), size_gib=Decimal(size))
    for segment in found(asked, "instances").segments:
        first = int(segment.from_x) + 1
        if segment.until_x is None or first < segment.until_x:
            [group] = asked.groups
            there = make_estimate(replace(asked, groups=(replace(group, count=first),)), CHINA)
            best = min(each.total for each in there.compared)
            # Rounding at the tenth decimal, once a line, is all that may differ.
            assert there.option(segment.option).total - best <= Decimal("0.000000001")
