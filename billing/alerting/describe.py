"""What an alert says: its JSON as interface.md has it, and messages that fit the screen of a phone."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from billing.alerting.machine import Notice, State, deciding
from billing.alerting.rules import Condition
from billing.alerting.texts import Texts, moment, money, name
from billing.alerting.thresholds import length_text, percent_text, share_of, share_text
from billing.alerting.watched import Broken, Facts, Stale, Watched
from billing.budgets import BudgetState
from billing.quotas import QuotaUse
from rules.money import plain
from rules.period import rfc3339

NEXT_NAMED = 2
"""Caches that a message names as the next to be evicted."""


@dataclass(frozen=True, slots=True)
class Message:
    """A change as people read it: a title, and a few short lines."""

    title: str
    text: str


def to_json(
    watched: Watched, state: State, now_s: int, t: Texts, *, silenced_until_s: int | None
) -> dict[str, Any]:
    """The alert as interface.md has it: counts are numbers, amounts and shares plain decimals."""
    decided = deciding(watched.rule, state, watched.seen, now_s)
    return {
        "id": watched.id,
        "rule": watched.rule.label,
        "severity": state.severity,
        "state": state.name,
        "acked": state.acked_by is not None,
        "silenced_until": None if silenced_until_s is None else rfc3339(silenced_until_s),
        "subject": dict(watched.subject),
        "value": _number(watched, watched.seen.value),
        "limit": _number(watched, watched.seen.limit),
        "share": share_text(share_of(watched.seen.value, watched.seen.limit)),
        "threshold": None if decided is None else threshold_text(decided[1]),
        "since": rfc3339(state.since_s),
        "message": sentence(watched.facts, t),
        "consequence": consequence(watched.facts, t),
        "acked_by": state.acked_by,
        **_forecast(watched.facts),
    }


def message(watched: Watched, state: State, notice: Notice, now_s: int, t: Texts, number: int) -> Message:
    """What is sent about a change: what, since when, what will happen, what to do, and the change's own number."""
    title = t(
        f"title_{notice}",
        severity=t(f"severity_{state.severity}"),
        much=_much(watched, t),
        what=_what(watched, t),
    )
    lines = [t("gone")] if watched.facts is None else list(_clauses(watched.facts, t))
    if notice == "resolved":
        lines += _lasted(watched, state, now_s, t)
    else:
        fired_s = state.since_s if state.fired_s is None else state.fired_s
        lines += [t("since", at=moment(fired_s)), consequence(watched.facts, t), _advice(watched.facts, t)]
        lines.append(t("acknowledge", id=watched.id))
    lines.append(f"{watched.id} #{number}")
    return Message(title, "\n".join(line for line in lines if line))


def sentence(facts: Facts, t: Texts) -> str:
    """What is, in one line."""
    if facts is None:
        return t("gone")
    return t("between").join(_clauses(facts, t))


def _clauses(facts: QuotaUse | BudgetState | Stale | Broken, t: Texts) -> Iterator[str]:
    if isinstance(facts, QuotaUse):
        yield from _quota_clauses(facts, t)
    elif isinstance(facts, BudgetState):
        yield from _budget_clauses(facts, t)
    elif isinstance(facts, Stale):
        use = facts.use
        yield t(
            "stale",
            quota=name(use.quota),
            region=name(use.region),
            account=name(use.account_id),
            at="" if use.observed_at is None else moment(use.observed_at),
            age=length_text(facts.age_s),
        )
    elif facts.month:
        yield t("unrated", count=facts.count, month=facts.month)
    else:
        yield t("checks", count=facts.count, names=", ".join(facts.names[:3]) or "–")


def _quota_clauses(use: QuotaUse, t: Texts) -> Iterator[str]:
    unlimited = "unlimited_" if use.limit is None else ""
    yield t(
        f"quota_{unlimited}{use.quota}",
        used=use.used,
        limit=use.limit,
        region=name(use.region),
        account=name(use.account_id),
    )
    full = use.limit is not None and use.used >= use.limit
    if use.forecast.reaches is not None and not full:
        yield t("quota_reaches", at=moment(use.forecast.reaches))
    if use.stale and use.observed_at is not None:
        yield t("quota_stale", at=moment(use.observed_at))
    if use.observed is not None and use.counted > use.observed:
        yield t("quota_differs", counted=use.counted)


def _budget_clauses(state: BudgetState, t: Texts) -> Iterator[str]:
    monthly = state.budget.monthly
    yield t(
        "budget_spent",
        actual=money(state.actual),
        monthly=money(monthly),
        currency=state.currency,
        month=state.month.label,
    )
    share = Fraction(state.forecast) / Fraction(monthly)
    yield t(
        "budget_forecast",
        forecast=money(state.forecast),
        currency=state.currency,
        share=percent_text(share),
    )
    if state.remaining_per_day:
        yield t("budget_left", per_day=money(state.remaining_per_day), currency=state.currency)
    if not state.complete:
        yield t("budget_incomplete")


def consequence(facts: Facts, t: Texts) -> str:
    """What will happen, in one sentence."""
    match facts:
        case None:
            return t("fine")
        case QuotaUse():
            if facts.at_limit == "refused":
                return t("refused")
            named = ", ".join(name(cache) for cache in facts.next_evicted[:NEXT_NAMED])
            return t("evicts", next=named) if named else t("evicts_nothing")
        case BudgetState():
            return t("budget_goes_on")
        case Stale():
            return t("stale_means")
        case Broken():
            return t("unrated_means" if facts.month else "checks_means")


def _advice(facts: Facts, t: Texts) -> str:
    match facts:
        case None:
            return ""
        case QuotaUse():
            advice = t(f"do_{facts.quota}")
            return advice if facts.limit is not None else f"{t('unknown_limit')} {advice}"
        case BudgetState():
            return t("do_budget", month=facts.month.label)
        case Stale():
            return t("do_stale")
        case Broken():
            return t("do_unrated", month=facts.month) if facts.month else t("do_checks")


def _lasted(watched: Watched, state: State, now_s: int, t: Texts) -> Iterator[str]:
    if state.fired_s is not None and state.peak is not None:
        length = length_text(max(0, state.since_s - state.fired_s))
        peak = _amount(watched, state.peak.value, state.peak.limit)
        yield t("lasted", length=length, peak=peak, at=moment(state.peak.at_s))


def _much(watched: Watched, t: Texts) -> str:
    """The figure of a title: the share where there is one."""
    seen, facts = watched.seen, watched.facts
    if isinstance(facts, Stale):
        return t("much_age", age=length_text(facts.age_s))
    if isinstance(facts, Broken):
        return t("much_count", count=facts.count)
    share = share_of(seen.value, seen.limit)
    if share is not None:
        return percent_text(share)
    return t("much_unknown") if seen.value is None else t("much_use", used=plain(seen.value))


def _what(watched: Watched, t: Texts) -> str:
    facts, subject = watched.facts, watched.subject
    if facts is None:
        return t("what_gone", rule=name(watched.rule.label))
    if isinstance(facts, QuotaUse):
        return t(f"what_{facts.quota}", region=name(facts.region))
    if isinstance(facts, BudgetState):
        return t("what_budget", budget=name(subject["budget"]))
    if isinstance(facts, Stale):
        return t("what_stale", region=name(facts.use.region))
    return t("what_unrated" if facts.month else "what_checks")


def _amount(watched: Watched, value: Decimal, limit: Decimal | None) -> str:
    """A value for people: the share with its count or amount, where it has a limit."""
    if isinstance(watched.facts, Stale):
        return length_text(int(value))
    shown = money(value) if isinstance(watched.facts, BudgetState) else plain(value)
    share = share_of(value, limit)
    return shown if share is None else f"{percent_text(share)} ({shown})"


def threshold_text(condition: Condition) -> str:
    """A condition as it is shown: its threshold, or how soon it warns."""
    return length_text(condition.within_s) if condition.measure == "within" else condition.text


def _number(watched: Watched, value: Decimal | None) -> int | str | None:
    """Counts are JSON numbers, amounts of money plain decimals."""
    if value is None:
        return None
    return plain(value) if "budget" in watched.subject else int(value)


def _forecast(facts: Facts) -> dict[str, Any]:
    """What is expected, beside what interface.md asks for."""
    if isinstance(facts, QuotaUse):
        reaches = facts.forecast.reaches
        return {"reaches": None if reaches is None else rfc3339(reaches)}
    if isinstance(facts, BudgetState):
        per_day = facts.remaining_per_day
        return {
            "currency": facts.currency,
            "forecast": plain(facts.forecast),
            "remaining": plain(facts.remaining),
            "remaining_per_day": None if per_day is None else plain(per_day),
        }
    return {}
