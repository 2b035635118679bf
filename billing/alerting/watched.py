"""What is watched: each rule with each subject that it is about, and what is seen of it at a moment."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import NamedTuple

from billing.alerting.machine import Observation
from billing.alerting.rules import AlertSettings, Rule
from billing.budgets import BudgetState
from billing.quotas import QuotaUse
from rules.period import epoch_s

Subject = Mapping[str, str]
"""What an alert is about, by the names of interface.md: account_id, region and quota, or budget, or health."""


@dataclass(frozen=True, slots=True)
class Broken:
    """What is wrong with the workspace itself: names of failed checks, or how many quantities of a month have no price."""

    count: int
    names: tuple[str, ...] = ()
    month: str = ""


class Stale(NamedTuple):
    """A quota that was last observed too long ago."""

    use: QuotaUse
    age_s: int


Facts = QuotaUse | BudgetState | Stale | Broken | None
"""What messages say of a subject; None where it is no longer watched."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One subject under one rule, with what is seen of it."""

    rule: Rule
    subject: Subject
    seen: Observation
    facts: Facts

    @property
    def id(self) -> str:
        """The alert's id: the same for the same rule and subject, whatever the thresholds are."""
        return alert_id(self.rule.label, self.subject)


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that alerts look at, at one moment."""

    at: datetime
    quotas: Sequence[QuotaUse] = ()
    budgets: Sequence[BudgetState] = ()
    stale_s: int = 0
    failed_checks: Sequence[str] = ()
    unrated: int = 0
    month: str = ""


def alert_id(label: str, subject: Subject) -> str:
    """What names an alert."""
    identity = json.dumps([label, dict(sorted(subject.items()))], ensure_ascii=False)
    return "al-" + sha256(identity.encode(errors="surrogatepass")).hexdigest()[:10]


def watch(settings: AlertSettings, seen: Seen) -> list[Watched]:
    """Every rule with every subject that it is about: quotas, then budgets, then the workspace itself."""
    return [*_quotas(settings, seen.quotas), *_budgets(settings, seen.budgets), *_health(settings, seen)]


def _quotas(settings: AlertSettings, uses: Iterable[QuotaUse]) -> Iterator[Watched]:
    for use in uses:
        for each in settings.quotas:
            if each.watches(use.account_id, use.region, use.quota):
                yield Watched(each.rule, _quota_subject(use), _quota_seen(use), use)


def _quota_subject(use: QuotaUse) -> Subject:
    return {"account_id": use.account_id, "region": use.region, "quota": use.quota}


def _quota_seen(use: QuotaUse) -> Observation:
    forecast = use.forecast
    return Observation(
        value=Decimal(use.used),
        limit=None if use.limit is None else Decimal(use.limit),
        reaches_s=None if forecast.reaches is None else epoch_s(forecast.reaches),
    )


def _budgets(settings: AlertSettings, states: Iterable[BudgetState]) -> Iterator[Watched]:
    by_name = {state.budget.name: state for state in states}
    for each in settings.budgets:
        if (state := by_name.get(each.budget.name)) is not None:
            seen = Observation(value=state.actual, limit=state.budget.monthly, forecast=state.forecast)
            yield Watched(each.rule, {"budget": each.budget.name}, seen, state)


def _health(settings: AlertSettings, seen: Seen) -> Iterator[Watched]:
    """The workspace's own rules; an observation is as old as the moment is after it, its limit what is still fresh."""
    if settings.health.stale is not None:
        for use in seen.quotas:
            if use.observed_at is not None:
                age_s = max(0, epoch_s(seen.at) - epoch_s(use.observed_at))
                aged = Observation(Decimal(age_s), Decimal(seen.stale_s))
                yield Watched(settings.health.stale, _quota_subject(use), aged, Stale(use, age_s))
    if settings.health.checks is not None:
        failed = tuple(seen.failed_checks)
        counted = Observation(Decimal(len(failed)))
        yield Watched(
            settings.health.checks, {"health": "checks"}, counted, Broken(len(failed), names=failed)
        )
    if settings.health.unrated is not None:
        counted = Observation(Decimal(seen.unrated))
        yield Watched(
            settings.health.unrated, {"health": "unrated"}, counted, Broken(seen.unrated, month=seen.month)
        )
