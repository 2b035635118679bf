"""A replay: which alerts would have fired when, under these settings, over the recorded history; nothing is kept or sent.

A quota is looked at whenever its use or limit changed, when what must hold has held, and at regular instants, at which forecasts
are made anew; a budget at regular instants alone.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from billing.alerting.describe import threshold_text
from billing.alerting.machine import Observation, State, Transition, deciding, step
from billing.alerting.rules import AlertSettings, BudgetRule, QuotaRule, Rule
from billing.alerting.thresholds import share_of, share_text
from billing.alerting.watched import Subject, alert_id
from billing.budgets import budget_states
from billing.quotas import QuotaStep, history
from billing.quotas.forecast import FOLLOWED, Point, forecast
from billing.quotas.settings import QuotaSettings
from billing.store import Reader, Store
from rules.money import plain
from rules.period import DAY_S, epoch_s, instant, parse_instant, rfc3339
from rules.tariff import Tariff

SHOWN: frozenset[Transition] = frozenset({"fired", "raised", "lowered", "added", "resolved"})
"""The changes that somebody would have been told of."""


@dataclass(frozen=True, slots=True)
class Change:
    """What would have changed at an instant; `threshold` is the one that decided."""

    at_s: int
    id: str
    rule: str
    subject: Subject
    change: Transition
    severity: str
    value: Decimal | None
    limit: Decimal | None
    threshold: str

    def to_json(self) -> dict[str, Any]:
        """The change with decimals as text, counts as numbers."""
        amounts = [self.value, self.limit]
        texts = [
            None if each is None else plain(each) if "budget" in self.subject else int(each)
            for each in amounts
        ]
        return {
            "at": rfc3339(self.at_s),
            "id": self.id,
            "rule": self.rule,
            "subject": dict(self.subject),
            "change": self.change,
            "severity": self.severity,
            "value": texts[0],
            "limit": texts[1],
            "share": share_text(share_of(self.value, self.limit)),
            "threshold": self.threshold,
        }


class Watch(NamedTuple):
    """One rule with one subject over the whole replay: what changed, and for how many seconds it fired."""

    id: str
    rule: Rule
    subject: Subject
    changes: tuple[Change, ...]
    firing_s: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """A whole replay; `steps` is the quotas' history, for drawing it."""

    from_s: int
    until_s: int
    watches: tuple[Watch, ...]
    steps: Mapping[tuple[str, str, str], Sequence[QuotaStep]]

    @property
    def changes(self) -> list[Change]:
        """All changes in order."""
        return sorted(
            (change for watch in self.watches for change in watch.changes),
            key=lambda change: (change.at_s, change.rule, change.id),
        )

    def to_json(self) -> dict[str, Any]:
        """All changes, and for each alert how often it would have been told and how long it would have fired."""
        return {
            "from": rfc3339(self.from_s),
            "until": rfc3339(self.until_s),
            "changes": [change.to_json() for change in self.changes],
            "alerts": [
                {
                    "id": watch.id,
                    "rule": watch.rule.label,
                    "subject": dict(watch.subject),
                    "messages": len(watch.changes),
                    "firing_s": watch.firing_s,
                }
                for watch in self.watches
            ],
        }


def replay(
    store: Store,
    reader: Reader,
    settings: AlertSettings,
    *,
    from_s: int,
    until_s: int,
    every_s: int,
    quota: QuotaSettings,
    tariff: Callable[[], Tariff],
) -> Replayed:
    """Replay [from_s, until_s], looking at least every `every_s` seconds; repetitions are not told."""
    regular = [*range(from_s, until_s, every_s), until_s]
    subjects = _quota_history(store, reader, from_s - quota.window_s, until_s)
    observed = _observed(store)
    watches = []
    for subject, steps in subjects.items():
        uses = _Uses(steps, observed.get(subject, ()), quota.window_s, regular)
        named = dict(zip(("account_id", "region", "quota"), subject, strict=True))
        for each in settings.quotas:
            if each.watches(*subject):
                moments = _moments(each, uses, regular)
                watches.append(
                    _watch(each.rule, named, ((at_s, uses.seen(at_s)) for at_s in moments), until_s)
                )
    watches += _budgets(reader, settings.budgets, regular, tariff, until_s)
    shown = {
        subject: [each for each in steps if epoch_s(each.until) > from_s]
        for subject, steps in subjects.items()
    }
    return Replayed(from_s, until_s, tuple(watches), {key: steps for key, steps in shown.items() if steps})


def _watch(rule: Rule, subject: Subject, course: Iterable[tuple[int, Observation]], until_s: int) -> Watch:
    """Take one alert through its course."""
    id, state, firing_s, since_s = alert_id(rule.label, subject), None, 0, 0
    changes: list[Change] = []
    for at_s, seen in course:
        before: State | None = state
        taken = step(state, seen, at_s, rule)
        state = taken.state
        if before is not None and before.name == "firing":
            firing_s += at_s - since_s
        since_s = at_s
        if taken.transition in SHOWN:
            decided = deciding(rule, state, seen, at_s)
            changes.append(
                Change(
                    at_s=at_s,
                    id=id,
                    rule=rule.label,
                    subject=subject,
                    change=taken.transition,
                    severity=state.severity,
                    value=seen.value,
                    limit=seen.limit,
                    threshold="" if decided is None else threshold_text(decided[1]),
                )
            )
    if state is not None and state.name == "firing":
        firing_s += until_s - since_s
    return Watch(id, rule, subject, tuple(changes), firing_s)


class _Uses:
    """One quota's use at any instant of its history, with the forecast that would have been made then."""

    def __init__(
        self, steps: Sequence[QuotaStep], observed: Sequence[Point], window_s: int, regular: Sequence[int]
    ) -> None:
        self.steps, self._observed, self._window_s, self._regular = steps, observed, window_s, regular
        self._forecasts: dict[int, int | None] = {}
        self._begins = [epoch_s(each.at) for each in steps]
        self._observed_at = [point.at_s for point in observed]

    def at(self, at_s: int) -> QuotaStep:
        """What holds at an instant; before the first, the first."""
        return self.steps[max(0, bisect_right(self._begins, at_s) - 1)]

    def seen(self, at_s: int) -> Observation:
        """What a check at that instant would have seen."""
        now = self.at(at_s)
        limit = None if now.limit is None or now.limit_assumed else now.limit
        reaches_s = None if limit is None else self._last_forecast(at_s, limit)
        return Observation(Decimal(now.used), None if limit is None else Decimal(limit), reaches_s=reaches_s)

    def _last_forecast(self, at_s: int, limit: int) -> int | None:
        """The forecast of the last regular instant."""
        made_s = self._regular[max(0, bisect_right(self._regular, at_s) - 1)]
        if made_s not in self._forecasts:
            self._forecasts[made_s] = self._reaches_s(made_s, self.at(made_s).used, limit)
        return self._forecasts[made_s]

    def _reaches_s(self, at_s: int, used: int, limit: int) -> int | None:
        """When the limit would have been expected to be reached: by what was observed, else by what was counted."""
        for follows in FOLLOWED:
            points = self._observed_days(at_s) if follows == "observed" else self._counted_days(at_s)
            found = forecast(
                points, at_s=at_s, used=used, limit=limit, window_s=self._window_s, follows=follows
            )
            if found.slope_per_day is not None:
                return None if found.reaches is None else epoch_s(found.reaches)
        return None

    def _observed_days(self, at_s: int) -> list[Point]:
        """Of each day before the instant, as long as the window goes back, the last observation."""
        end = bisect_right(self._observed_at, at_s)
        begin = bisect_right(self._observed_at, at_s - self._window_s - 1)
        days = {(at_s - point.at_s) // DAY_S: point for point in self._observed[begin:end]}
        return sorted(days.values())

    def _counted_days(self, at_s: int) -> list[Point]:
        """The count at this time of each day, from the first day on that had any."""
        days = range(at_s - self._window_s // DAY_S * DAY_S, at_s + 1, DAY_S)
        points = [Point(day_s, self.at(day_s).counted) for day_s in days if day_s >= self._begins[0]]
        first = next((index for index, point in enumerate(points) if point.used), len(points))
        return points[first:]


def _quota_history(
    store: Store, reader: Reader, from_s: int, until_s: int
) -> dict[tuple[str, str, str], list[QuotaStep]]:
    found: dict[tuple[str, str, str], list[QuotaStep]] = {}
    for each in history(store, reader, from_=instant(from_s), until=instant(until_s)):
        found.setdefault((each.account_id, each.region, each.quota), []).append(each)
    return {
        key: steps
        for key, steps in found.items()
        if any(each.counted or (each.limit is not None and not each.limit_assumed) for each in steps)
    }


def _observed(store: Store) -> dict[tuple[str, str, str], list[Point]]:
    """Every observation of a number in use, in order."""
    found: dict[tuple[str, str, str], list[Point]] = {}
    for row in store.quota_observations():
        if row.used is not None:
            point = Point(epoch_s(parse_instant(row.observed_at)), row.used)
            found.setdefault((row.account_id, row.region, row.quota), []).append(point)
    return {key: sorted(points) for key, points in found.items()}


def _moments(each: QuotaRule, uses: _Uses, regular: Sequence[int]) -> list[int]:
    """When a quota is looked at."""
    from_s, until_s = regular[0], regular[-1]
    changed = set()
    before: tuple[int, int | None] | None = None
    for found in uses.steps:
        now = (found.used, found.limit)
        if now != before:
            changed.add(epoch_s(found.at))
        before = now
    held = {at_s + each.rule.for_s for at_s in changed}
    return sorted(at_s for at_s in {*changed, *held, *regular} if from_s <= at_s <= until_s)


def _budgets(
    reader: Reader,
    rules: Sequence[BudgetRule],
    regular: Sequence[int],
    tariff: Callable[[], Tariff],
    until_s: int,
) -> Iterator[Watch]:
    if not rules:
        return
    budgets, priced = [each.budget for each in rules], tariff()
    forecasts = any(
        condition.measure == "forecast"
        for each in rules
        for level in each.rule.levels
        for condition in level.conditions
    )
    courses: list[list[tuple[int, Observation]]] = [[] for _ in rules]
    for at_s in regular:
        at: datetime = instant(at_s)
        states = budget_states(reader, budgets, as_of=at, tariff=priced, forecast=forecasts)
        for course, state in zip(courses, states, strict=True):
            course.append((at_s, Observation(state.actual, state.budget.monthly, forecast=state.forecast)))
    for each, course in zip(rules, courses, strict=True):
        yield _watch(each.rule, {"budget": each.budget.name}, course, until_s)
