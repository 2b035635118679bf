"""The states of an alert, as a pure function of what it was, what is seen, now, and the rule.

    ok ──▶ pending ──▶ firing ──▶ resolved ──▶ ok

A level is on from when its threshold has been reached for as long as the rule asks, until the value lies below the threshold by
more than the rule's `clear`. An alert fires while any level is on, with the highest severity among them. What isn't known changes
nothing. A resolved alert is ok again after a day.

What was told is a part of the state: a message is due where that differs from what holds. So a silence only delays, nothing is
told twice, and how often one checks makes no difference.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from billing.alerting.rules import FORECAST_BAND, SEVERITIES, Condition, Level, Rule, Severity
from billing.alerting.thresholds import share_of
from rules.period import DAY_S

Name = Literal["ok", "pending", "firing", "resolved"]
Transition = Literal["pending", "calmed", "fired", "raised", "lowered", "added", "resolved"]
Notice = Literal["firing", "raised", "lowered", "added", "resolved", "reminder"]

RESOLVED_SHOWN_S = DAY_S
"""How long an alert that resolved is shown so; then it is ok."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What is seen of a subject: its value and limit, what it is expected to become, when it is expected to reach the limit.

    None means that it isn't known, and of the instant also that it isn't expected to come.
    """

    value: Decimal | None
    limit: Decimal | None = None
    forecast: Decimal | None = None
    reaches_s: int | None = None


@dataclass(frozen=True, slots=True)
class Peak:
    """The highest value since an alert fired, of which limit, and when it was seen first."""

    value: Decimal
    limit: Decimal | None
    at_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One alert at one moment; instants are epoch seconds.

    `on`: the levels that fire. `pending`: since when levels that don't fire yet are reached. `since_s`: when the state began.
    `fired_s`, `severity`, `peak`: of the present or last firing. `told`, `told_severity`: what receivers know. `number`: how many
    messages there were.
    """

    name: Name
    since_s: int
    severity: Severity = "warning"
    on: frozenset[str] = frozenset()
    pending: Mapping[str, int] = field(default_factory=dict)
    fired_s: int | None = None
    peak: Peak | None = None
    acked_by: str | None = None
    acked_s: int | None = None
    told: frozenset[str] = frozenset()
    told_severity: Severity | None = None
    told_s: int | None = None
    number: int = 0
    rule_digest: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What a check made of an alert: its state, what changed, and the message that is due, if any."""

    state: State
    transition: Transition | None
    notice: Notice | None


def step(
    previous: State | None,
    seen: Observation,
    now_s: int,
    rule: Rule,
    *,
    repeat_s: int = 0,
    silenced: bool = False,
) -> Step:
    """What becomes of an alert that was `previous` (None: never seen). A rule without levels resolves what fires."""
    before = previous or State(name="ok", since_s=now_s)
    on, pending, came_s = _levels(before, seen, now_s, rule)
    severity = _highest(level.severity for level in rule.levels if level.name in on)
    transition = _transition(before, on, pending, severity)
    state = _next(before, seen, now_s, rule, on=on, pending=pending, severity=severity, came_s=came_s)
    if transition in ("fired", "raised", "resolved"):
        state = replace(state, acked_by=None, acked_s=None)
    changed_rule = before.rule_digest not in ("", rule.digest)
    notice = None if silenced else _notice(state, now_s, repeat_s)
    if notice == "added" and changed_rule:
        return Step(replace(state, told=on), transition if transition != "added" else None, None)
    if notice is not None:
        told_severity = state.severity if on else None
        state = replace(state, told=on, told_severity=told_severity, told_s=now_s, number=before.number + 1)
    elif not silenced:
        state = replace(state, told=on)
    return Step(state, transition, notice)


def acknowledge(state: State, who: str, now_s: int) -> State:
    """A firing alert that somebody takes care of: it isn't repeated, unless it becomes critical or fires anew."""
    return replace(state, acked_by=who, acked_s=now_s)


def reached(condition: Condition, seen: Observation, now_s: int) -> bool | None:
    """Whether a condition is met at this moment; None where that isn't known."""
    if condition.measure == "within":
        return _within(condition, seen, now_s, Fraction(1))
    value = _measured(condition, seen)
    at = None if condition.threshold is None else condition.threshold.at(seen.limit)
    if value is None or at is None:
        return None
    return value >= at and (value > 0 or at > 0)


def holds(condition: Condition, seen: Observation, now_s: int) -> bool | None:
    """Whether a condition that was met is not clear yet; None where that isn't known."""
    if condition.measure == "within":
        return _within(condition, seen, now_s, FORECAST_BAND)
    value, below = _measured(condition, seen), condition.clears_below(seen.limit)
    if value is None or below is None:
        return None
    return value >= below and (value > 0 or below > 0)


def _measured(condition: Condition, seen: Observation) -> Fraction | None:
    value = seen.value if condition.measure == "value" else seen.forecast
    return None if value is None else Fraction(value)


def _within(condition: Condition, seen: Observation, now_s: int, band: Fraction) -> bool:
    """Whether the limit is expected to be reached in time; without a forecast nothing is, and the value alone decides."""
    return seen.reaches_s is not None and seen.reaches_s - now_s <= condition.within_s * band


def _levels(
    before: State, seen: Observation, now_s: int, rule: Rule
) -> tuple[frozenset[str], dict[str, int], int]:
    """The levels that are on, those that are pending and since when, and the earliest instant at which one came on."""
    on: set[str] = set()
    pending: dict[str, int] = {}
    came: list[int] = []
    was_firing = bool(before.on) and before.rule_digest != rule.digest
    for_s = 0 if was_firing else rule.for_s
    for level in rule.levels:
        if level.name in before.on:
            if _any(holds(condition, seen, now_s) for condition in level.conditions) is not False:
                on.add(level.name)
            continue
        now = _any(reached(condition, seen, now_s) for condition in level.conditions)
        since_s = before.pending.get(level.name)
        if now is False or (now is None and since_s is None):
            continue
        since_s = now_s if since_s is None else since_s
        if now and now_s - since_s >= for_s:
            on.add(level.name)
            came.append(since_s + for_s)
        else:
            pending[level.name] = since_s
    return frozenset(on), pending, min(came, default=now_s)


def _any(answers: Iterable[bool | None]) -> bool | None:
    """True where one is, else None where one isn't known, else False."""
    found = list(answers)
    return True if True in found else None if None in found else False


def _highest(severities: Iterable[Severity]) -> Severity | None:
    return max(severities, key=SEVERITIES.index, default=None)


def _transition(
    before: State, on: frozenset[str], pending: Mapping[str, int], severity: Severity | None
) -> Transition | None:
    if severity is not None:
        if not before.on:
            return "fired"
        rank = SEVERITIES.index(severity) - SEVERITIES.index(before.severity)
        if rank:
            return "raised" if rank > 0 else "lowered"
        return "added" if on - before.on else None
    if before.on:
        return "resolved"
    if bool(pending) != bool(before.pending):
        return "pending" if pending else "calmed"
    return None


def _next(
    before: State,
    seen: Observation,
    now_s: int,
    rule: Rule,
    *,
    on: frozenset[str],
    pending: Mapping[str, int],
    severity: Severity | None,
    came_s: int,
) -> State:
    """The state as the levels make it, before anybody is told."""
    same = replace(before, on=on, pending=pending, rule_digest=rule.digest)
    if severity is not None:
        fresh = not before.on
        peak = _peak(None if fresh else before.peak, seen, now_s)
        fired_s = came_s if fresh else before.fired_s
        since_s = came_s if fresh else before.since_s
        return replace(same, name="firing", since_s=since_s, severity=severity, fired_s=fired_s, peak=peak)
    if before.on:
        return replace(same, name="resolved", since_s=now_s)
    if pending:
        waiting = _highest(level.severity for level in rule.levels if level.name in pending)
        return replace(
            same, name="pending", since_s=min(pending.values()), severity=waiting or before.severity
        )
    if before.name == "resolved" and now_s - before.since_s < RESOLVED_SHOWN_S:
        return same
    if before.name == "resolved":
        return replace(same, name="ok", since_s=before.since_s + RESOLVED_SHOWN_S, severity="warning")
    if before.name == "pending":
        return replace(same, name="ok", since_s=now_s, severity="warning")
    return same


def _peak(before: Peak | None, seen: Observation, now_s: int) -> Peak | None:
    if seen.value is None:
        return before
    now = Peak(seen.value, seen.limit, now_s)
    if before is None:
        return now
    shares = share_of(now.value, now.limit), share_of(before.value, before.limit)
    if shares[0] is not None and shares[1] is not None:
        return now if shares[0] > shares[1] else before
    return now if now.value > before.value else before


def _notice(state: State, now_s: int, repeat_s: int) -> Notice | None:
    """The message that is due: what holds differs from what was told, or it has been told long ago and nobody took it on."""
    if not state.on:
        return "resolved" if state.told else None
    if not state.told:
        return "firing"
    if state.told_severity is not None and state.severity != state.told_severity:
        rank = SEVERITIES.index(state.severity) - SEVERITIES.index(state.told_severity)
        return "raised" if rank > 0 else "lowered"
    if state.on - state.told:
        return "added"
    old = state.told_s is not None and now_s - state.told_s >= repeat_s
    return "reminder" if repeat_s and old and state.acked_by is None else None


def deciding(rule: Rule, state: State, seen: Observation, now_s: int) -> tuple[Level, Condition] | None:
    """The level and condition that an alert is about: the highest that fires or waits, else the next to be reached."""
    for names in (state.on, frozenset(state.pending)):
        for level in reversed(rule.levels):
            if level.name in names:
                met = [each for each in level.conditions if reached(each, seen, now_s)]
                return level, (met or level.conditions)[0]
    return (rule.levels[0], rule.levels[0].conditions[0]) if rule.levels else None
