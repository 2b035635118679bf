"""The states of an alert: stories in a small notation, and laws that hold for any course of values."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.alerting import states
from billing.alerting.machine import Observation, State, Step, acknowledge, deciding, step
from billing.alerting.rules import Condition, Level, Rule
from billing.alerting.thresholds import parse_threshold
from rules.period import DAY_S, HOUR_S

LIMIT = Decimal(100)
MINUTE_S = 60


def quota_rule(
    warning: str = "80%", critical: str = "95%", *, clear: int = 5, for_s: int = 0, within_s: int = 7 * DAY_S
) -> Rule:
    """A rule as the defaults have it."""
    low, high = (Condition("value", parse_threshold(text), Fraction(clear)) for text in (warning, critical))
    soon = Condition("within", within_s=within_s)
    levels = (Level("warning", "warning", (low, soon)), Level("critical", "critical", (high,)))
    return Rule("quota *", levels, for_s)


RULE = quota_rule()


def course(
    values: str, rule: Rule = RULE, *, every_s: int = MINUTE_S, repeat_s: int = 0
) -> tuple[State, list[str]]:
    """The last state of a course of values, one for each check, and what was told: `79 80 96` gives firing, raised.

    `?` is a check that sees nothing, `s` before a value one in a silence, `a` after it an acknowledgement behind it.
    """
    state: State | None = None
    told: list[str] = []
    for index, text in enumerate(values.split()):
        silenced, acked = text.startswith("s"), text.endswith("a")
        value = text.strip("sa")
        seen = Observation(None if value == "?" else Decimal(value), LIMIT)
        taken = step(state, seen, index * every_s, rule, repeat_s=repeat_s, silenced=silenced)
        state = taken.state
        told += [taken.notice] if taken.notice else []
        if acked:
            state = acknowledge(state, "li", index * every_s)
    assert state is not None
    return state, told


STORIES = {
    "below, nothing": ("0 79 79.99", "ok", []),
    "exactly at the threshold fires": ("80", "firing", ["firing"]),
    "once, however long it lasts": ("85 85 86 84 85", "firing", ["firing"]),
    "inside the band it holds": ("80 76 75 79 75 80 76", "firing", ["firing"]),
    "below the band it resolves": ("80 74.99", "resolved", ["firing", "resolved"]),
    "a resolved one may fire again": ("80 74 80", "firing", ["firing", "resolved", "firing"]),
    "critical at once is one message": ("97", "firing", ["firing"]),
    "up is told": ("80 95", "firing", ["firing", "raised"]),
    "down is told once": ("96 92 89 85 89", "firing", ["firing", "lowered"]),
    "critical holds inside its band": ("96 90 94 91", "firing", ["firing"]),
    "from critical to fine is one message": ("96 10", "resolved", ["firing", "resolved"]),
    "what isn't known changes nothing": ("85 ? ? 85", "firing", ["firing"]),
    "unknown from the start isn't firing": ("? ?", "ok", []),
    "a silence delays": ("s85 s85 85", "firing", ["firing"]),
    "what is over within a silence is never told": ("s85 s60 60", "resolved", []),
    "what resolves in a silence is told behind it": ("85 s60 s60 60", "resolved", ["firing", "resolved"]),
    "what rises in a silence is told as risen": ("85 s96 96", "firing", ["firing", "raised"]),
    "what rises and falls in a silence is no news": ("85 s96 s85 85", "firing", ["firing"]),
}


@pytest.mark.parametrize("story", STORIES)
def test_a_story(story: str) -> None:
    values, name, expected = STORIES[story]
    state, told = course(values)
    assert (state.name, told) == (name, expected)


def test_pending_lasts_as_long_as_the_rule_asks() -> None:
    rule = quota_rule(for_s=5 * MINUTE_S)
    assert course("85 85 85", rule)[0].name == "pending"
    assert course("85 85 85 85 85", rule)[0].name == "pending"
    state, told = course("85 85 85 85 85 85", rule)
    assert (state.name, told, state.since_s) == ("firing", ["firing"], 5 * MINUTE_S)
    assert course("85 85 85 79 85 85 85 85", rule)[0].name == "pending"
    assert course("85 85 79", rule) == (replace(course("85 85 79", rule)[0], name="ok"), [])


def test_critical_waits_for_itself() -> None:
    rule = quota_rule(for_s=2 * MINUTE_S)
    assert course("85 96 96", rule)[0].severity == "warning"
    assert course("85 96 96 96", rule)[0].severity == "critical"


def test_it_is_repeated_until_it_is_acknowledged() -> None:
    def told(values: str) -> list[str]:
        return course(values, every_s=HOUR_S, repeat_s=4 * HOUR_S)[1]

    assert told("85 85 85 85 85 85 85 85 85") == ["firing", "reminder", "reminder"]
    assert told("85a 85 85 85 85 85") == ["firing"]
    assert told("85a 96 96 96 96 96") == ["firing", "raised", "reminder"]
    assert told("96a 92 85 85 85 85 85") == ["firing", "lowered"]
    assert told("85a 60 85 85 85 85 85 85") == ["firing", "resolved", "firing", "reminder"]


def test_an_acknowledgement_ends_with_the_alert() -> None:
    assert course("85a")[0].acked_by == "li"
    assert course("85a 60")[0].acked_by is None
    assert course("85a 96")[0].acked_by is None
    assert course("96a 85")[0].acked_by == "li"


def test_the_peak_is_kept_for_the_message_that_it_is_over() -> None:
    state, _ = course("85 93 90 60")
    assert state.peak is not None
    assert (str(state.peak.value), state.peak.at_s, state.fired_s) == ("93", MINUTE_S, 0)
    assert state.since_s == 3 * MINUTE_S


def test_a_resolved_alert_is_fine_after_a_day() -> None:
    state, _ = course("85 60 60", every_s=DAY_S)
    assert (state.name, state.since_s) == ("ok", 2 * DAY_S)


def test_a_forecast_warns_and_clears_a_quarter_later() -> None:
    def seen(days: int) -> Observation:
        return Observation(Decimal(50), LIMIT, reaches_s=days * DAY_S)

    fired = step(None, seen(7), 0, RULE)
    assert (fired.state.name, fired.state.severity, fired.notice) == ("firing", "warning", "firing")
    decided = deciding(RULE, fired.state, seen(7), 0)
    assert decided is not None
    assert decided[1].measure == "within"
    assert step(fired.state, seen(8), 0, RULE).state.name == "firing"
    assert step(fired.state, seen(9), 0, RULE).state.name == "resolved"
    assert step(fired.state, Observation(Decimal(50), LIMIT), 0, RULE).state.name == "resolved"
    assert step(None, seen(8), 0, RULE).state.name == "ok"


def test_a_limit_of_zero_fires_only_where_something_is_used() -> None:
    assert step(None, Observation(Decimal(0), Decimal(0)), 0, RULE).state.name == "ok"
    assert step(None, Observation(Decimal(1), Decimal(0)), 0, RULE).state.severity == "critical"


def test_an_absolute_threshold_needs_no_limit() -> None:
    rule = quota_rule("45", "48")
    assert step(None, Observation(Decimal(45)), 0, rule).state.name == "firing"
    assert step(None, Observation(Decimal(44)), 0, rule).state.name == "ok"
    fired = step(None, Observation(Decimal(45)), 0, rule).state
    assert step(fired, Observation(Decimal(43)), 0, rule).state.name == "firing"
    assert step(fired, Observation(Decimal("42.74")), 0, rule).state.name == "resolved"


def test_changing_a_rule_does_not_fire_again_what_fires() -> None:
    fired = step(None, Observation(Decimal(85), LIMIT), 0, RULE).state
    for changed in (quota_rule("70%"), quota_rule("85%"), quota_rule(for_s=HOUR_S), quota_rule(clear=1)):
        assert step(fired, Observation(Decimal(85), LIMIT), 60, changed) == Step(
            replace(fired, rule_digest=changed.digest), None, None
        )
    lowered = step(fired, Observation(Decimal(85), LIMIT), 60, quota_rule(critical="84%"))
    assert (lowered.state.severity, lowered.notice) == ("critical", "raised")


def budget_rule(*texts: str, for_s: int = 0) -> Rule:
    """Thresholds as a budget has them."""
    levels = tuple(
        Level(f"actual {text}", "warning", (Condition("value", parse_threshold(text), Fraction(5)),))
        for text in texts
    )
    return Rule("budget x", levels, for_s)


def test_each_threshold_of_a_budget_is_told() -> None:
    rule = budget_rule("50%", "80%", "90%")
    assert course("50 60 80 85 90", rule)[1] == ["firing", "added", "added"]
    assert course("95 95", rule)[1] == ["firing"]


def test_new_thresholds_below_a_firing_budget_are_no_news() -> None:
    fired = step(None, Observation(Decimal(85), LIMIT), 0, budget_rule("80%")).state
    for rule in (budget_rule("50%", "80%"), budget_rule("84%"), budget_rule("60%", "70%", for_s=HOUR_S)):
        taken = step(fired, Observation(Decimal(85), LIMIT), 60, rule)
        assert (taken.state.name, taken.notice, taken.transition) == ("firing", None, None)
        assert step(taken.state, Observation(Decimal(85), LIMIT), 120, rule).notice is None


def test_a_rule_that_is_gone_resolves() -> None:
    fired = step(None, Observation(Decimal(85), LIMIT), 0, RULE).state
    gone = step(fired, Observation(None), 60, Rule("quota *", ()))
    assert (gone.state.name, gone.notice) == ("resolved", "resolved")


PERCENTS = st.lists(st.integers(0, 110), min_size=1, max_size=40)
RULES = st.builds(
    lambda low, gap, clear, minutes: quota_rule(
        f"{low}%", f"{min(100, low + gap)}%", clear=clear, for_s=minutes * MINUTE_S
    ),
    st.integers(20, 90),
    st.integers(0, 20),
    st.integers(0, 15),
    st.sampled_from([0, 1, 5, 60, 120]),
)


def run(values: list[int], rule: Rule) -> tuple[State, list[str]]:
    """The state after each value was seen, a minute apart, and what was told."""
    state: State | None = None
    told: list[str] = []
    for index, value in enumerate(values):
        taken = step(state, Observation(Decimal(value), LIMIT), index * MINUTE_S, rule)
        state = taken.state
        told += [taken.notice] if taken.notice else []
    assert state is not None
    return state, told


@given(st.lists(st.integers(76, 94), min_size=1, max_size=60))
def test_nothing_flaps_inside_the_band(values: list[int]) -> None:
    state, told = run([85, *values], quota_rule("80%", "95%"))
    assert (state.name, told) == ("firing", ["firing"])


@given(PERCENTS, RULES)
def test_a_message_means_that_something_changed(values: list[int], rule: Rule) -> None:
    _, told = run(values, rule)
    firing = False
    for notice in told:
        assert notice in (("raised", "lowered", "resolved") if firing else ("firing",))
        firing = notice != "resolved"
    assert len(told) <= len(values)


@given(PERCENTS, RULES, st.sampled_from([0, 1, 2]))
def test_checking_each_minute_or_each_hour_ends_the_same(
    values: list[int], rule: Rule, for_hours: int
) -> None:
    """Values move once an hour, and must hold for hours: who looks once an hour can't know of less."""
    rule = replace(rule, for_s=for_hours * HOUR_S)
    last: dict[int, tuple[State, list[str]]] = {}
    for every in (1, 12, 60):
        state: State | None = None
        told: list[str] = []
        for minute in range(0, len(values) * 60 + 1, every):
            value = values[min(minute // 60, len(values) - 1)]
            taken = step(state, Observation(Decimal(value), LIMIT), minute * MINUTE_S, rule)
            state = taken.state
            told += [taken.notice] if taken.notice else []
        assert state is not None
        last[every] = replace(state, told_s=None, number=0), told
    assert last[1] == last[12] == last[60]


@given(PERCENTS, RULES)
def test_repeating_a_check_changes_and_tells_nothing(values: list[int], rule: Rule) -> None:
    state: State | None = None
    for index, value in enumerate(values):
        seen = Observation(Decimal(value), LIMIT)
        state = step(state, seen, index * MINUTE_S, rule).state
        again = step(state, seen, index * MINUTE_S, rule)
        assert again == Step(state, None, None)


@given(PERCENTS, RULES)
def test_the_ledger_gives_back_the_same_state(values: list[int], rule: Rule) -> None:
    state, _ = run(values, rule)
    assert states.from_text(states.to_text(state)) == state
