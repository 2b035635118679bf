"""Budgets, alerts, quotas, lives of caches and findings for the JSON document and the workbook."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from billing.alerting.firings import Firing
from billing.budgets import BudgetState
from billing.quotas.answers import use_json
from reports.data import ReportData
from reports.i18n import Words
from reports.quotas import MonthQuota
from reports.sections import FOLDER
from rules.money import plain, round_amount
from rules.period import instant, rfc3339
from rules.units import from_micro

Cell = str | Decimal | int | None


class Sheet(NamedTuple):
    """A table of the workbook; `sums` are the columns that are summed below it, by their place."""

    title: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    sums: tuple[int, ...] = ()


def watched_json(data: ReportData) -> dict[str, Any]:
    """The parts of the document by name: `budgets`, `alerts`, `quotas`, `caches` and `findings`."""
    return {
        "budgets": [_budget(each, data.running) for each in data.budgets],
        "alerts": [_alert(each) for each in data.firings],
        "quotas": [_quota(each) for each in data.quotas],
        "caches": [life.to_json() for life in data.caches.lives],
        "findings": {
            "costs": [each.to_json() for each in data.caches.costs],
            "savings": [each.to_json() for each in data.caches.savings],
        },
    }


def _budget(state: BudgetState, running: bool) -> dict[str, Any]:
    per_day = state.remaining_per_day
    return {
        "name": state.budget.name,
        "currency": state.currency,
        "monthly": plain(state.budget.monthly),
        "actual": plain(state.actual),
        "remaining": plain(state.remaining),
        "remaining_per_day": None if per_day is None else plain(per_day),
        "forecast": plain(state.forecast) if running else None,
        "complete": state.complete,
    }


def _alert(firing: Firing) -> dict[str, Any]:
    return {
        "alert_id": firing.alert_id,
        "rule": firing.rule,
        "subject": dict(firing.subject),
        "severity": firing.severity,
        "fired_at": rfc3339(instant(firing.fired_s)),
        "resolved_at": None if firing.resolved_s is None else rfc3339(instant(firing.resolved_s)),
        "peak_percent": None
        if firing.peak is None
        else plain(round_amount(firing.peak.numerator * 100, firing.peak.denominator)),
        "acknowledged_by": firing.acked_by,
    }


def _quota(found: MonthQuota) -> dict[str, Any]:
    """As `imcost quota --json` has it, with the most of each day."""
    days = [{"from": rfc3339(instant(day.from_s)), "most": day.most} for day in found.days]
    return {**use_json(found.use), "days": days}


def watched_sheets(data: ReportData, language: str) -> Iterator[Sheet]:
    """A sheet for each of them that has rows."""
    for sheet in (
        _lives_sheet(data, language),
        _findings_sheet(data, language),
        _quotas_sheet(data, language),
        _budgets_sheet(data, language),
        _alerts_sheet(data, language),
    ):
        if sheet.rows:
            yield sheet


def _title(name: str, language: str) -> str:
    return str(Words(language, FOLDER / name)("title"))


def _lives_sheet(data: ReportData, language: str) -> Sheet:
    heads = (
        "account_id", "region", "cache_id", "cache_name", "creation_method", "size_gib", "snapshot_gib", "there_from",
        "there_until", "end", "days_kept", "days_used", "starts", "creation", "usage", "amount", "per_start", "pull_saved_s",
        "pull_saved_amount",
    )  # fmt: skip
    rows = [
        (
            life.account_id, life.region, life.cache_id, life.cache_name, life.creation_method, from_micro(life.size_micro),
            None if life.snapshot_micro is None else from_micro(life.snapshot_micro), rfc3339(instant(life.first_s)),
            rfc3339(instant(life.last_s)), life.end, life.days_kept, life.days_used, life.use.starts, life.creation,
            life.usage, life.amount, life.per_start, life.use.pull_s, life.use.pull_amount,
        )
        for life in data.caches.lives
    ]  # fmt: skip
    return Sheet(_title("cache_lives", language), heads, rows, (13, 14, 15))


def _findings_sheet(data: ReportData, language: str) -> Sheet:
    """One row for each cache of a cost, and for each saving, whose caches were replayed together."""
    heads = ("kind", "account_id", "region", "cache_id", "cache_name", "costs", "would_save", "settings")
    costs = [
        (cost.kind, *life.name, life.cache_name, amount, None, "")
        for cost in data.caches.costs
        for life, amount in zip(cost.caches, cost.amounts, strict=True)
    ]
    savings = [
        (
            each.kind,
            "",
            "",
            " ".join(life.cache_id for life in each.caches),
            "",
            None,
            each.replayed.saving,
            " ".join(f"{key}={value}" for key, value in each.replayed.settings),
        )
        for each in data.caches.savings
    ]
    return Sheet(_title("findings", language), heads, [*costs, *savings], (5,) if costs else ())


def _quotas_sheet(data: ReportData, language: str) -> Sheet:
    heads = ("account_id", "region", "quota", "used", "limit", "peak", "full_s", "evicted")
    rows = [
        (*use.subject, use.used, use.limit, use.peak, use.full_s, use.evicted)
        for use in (found.use for found in data.quotas)
    ]
    return Sheet(_title("quotas", language), heads, rows)


def _budgets_sheet(data: ReportData, language: str) -> Sheet:
    heads = ("name", "currency", "monthly", "actual", "remaining", "forecast")
    rows = [
        (
            state.budget.name, state.currency, state.budget.monthly, state.actual, state.remaining,
            state.forecast if data.running else None,
        )
        for state in data.budgets
    ]  # fmt: skip
    return Sheet(_title("budgets", language), heads, rows)


def _alerts_sheet(data: ReportData, language: str) -> Sheet:
    heads = ("subject", "severity", "fired_at", "resolved_at", "acknowledged_by")
    rows = [
        (
            " ".join(each.subject.values()),
            each.severity,
            rfc3339(instant(each.fired_s)),
            None if each.resolved_s is None else rfc3339(instant(each.resolved_s)),
            each.acked_by,
        )
        for each in data.firings
    ]
    return Sheet(_title("alerts", language), heads, rows)
