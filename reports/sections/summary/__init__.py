"""The first page's head: whose bill, which month, what is to be paid, and how far to trust it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from billing.budgets import BudgetState
from billing.comparing import Comparison
from billing.trend import MonthCost
from reports.data import ReportData
from reports.i18n import Formats, Words
from reports.quotas import MonthQuota
from reports.sections.open_points import leaves_open
from reports.sections.summary.to_do import to_do
from reports.strips import month_strip
from reports.tariff_texts import tariff_text
from rules.money import round_fraction

LEAST_MONTHS = 6
"""Fewer months make no strip."""


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any]:
    """The payable amount and how it follows from the total, four facts, and what the numbers rest on."""
    bill, records = data.bill, data.bill.records
    empty = not sum(records.caches.values()) + sum(records.instances.values())
    return {
        "month": f.month(bill.month.from_s),
        "account": data.account,
        "tag": data.tag,
        "running": data.running,
        "state": "running" if data.running else "closed" if data.closed else "open",
        "differs": data.closed and data.settled.total != bill.total,
        "begun": bool(data.bill.lines) or not data.running,
        "as_of": f.instant(bill.as_of),
        "empty": empty,
        "total": bill.total,
        "settled": data.settled,
        "accounts": len(data.settled.accounts),
        "exact": f.exact(
            [data.settled.total, data.settled.corrections, data.settled.adjustment, data.settled.payable]
        ),
        "complete": bill.complete,
        "unrated": len(bill.unrated),
        "estimated": bill.estimated_total,
        "against": [
            (f.month(bill.month.previous().from_s), data.previous),
            (f.month(data.trend[0].month.from_s), data.year_ago),
        ],
        "why": None if data.previous is None else _why(data.previous),
        "budget": _budget(data.budgets, data, t, f),
        "quota": _quota(data.quotas, t, f),
        "to_do": to_do(data, f),
        "months": _months(data.trend, t, f),
        "derived": sum(notice.count for notice in bill.notices if notice.code == "derived_end"),
        "unmetered": records.caches["unmetered"],
        "leaves_open": leaves_open(bill),
        "caches": sum(records.caches.values()),
        "caches_charged": records.caches["charged"],
        "instances": sum(records.instances.values()),
        "instances_charged": records.instances["charged"],
        "provenance": data.provenance,
        "observed": None
        if data.provenance.last_observed is None
        else f.instant(data.provenance.last_observed),
        "tariff": bill.tariff,
        "tariff_title": tariff_text(bill.tariff.title, bill.tariff.id, f.language),
        "digest": bill.tariff.digest.removeprefix("sha256:")[:12],
    }


def _why(found: Comparison) -> Mapping[str, Any]:
    """The parts of a change, and the charge that moved most."""
    return {
        "found": found,
        "moved": found.movements,
        "most": max(found.charges, key=lambda row: abs(row.change), default=None),
    }


def _months(trend: Sequence[MonthCost], t: Words, f: Formats) -> Mapping[str, Any] | None:
    """The months since the first that is known as a strip, that one and the last named below; None where they are too few."""
    while trend and trend[0].total is None:
        trend = trend[1:]
    if len(trend) < LEAST_MONTHS:
        return None
    first, last = (
        {
            "month": f.month_short(cost.month.from_s, form="year"),
            "amount": f.amount(cost.total or Decimal(0)),
            "label": cost.month.label,
        }
        for cost in (trend[0], trend[-1])
    )
    costs = [
        None if cost.total is None else (cost.usage or Decimal(0), cost.creation or Decimal(0))
        for cost in trend
    ]
    described = t(
        "months_described",
        first=first["month"],
        before=f.plain_amount(trend[0].total or Decimal(0)),
        last=last["month"],
        now=f.plain_amount(trend[-1].total or Decimal(0)),
    )
    named = t.count("months", len(trend), count=f.number(len(trend)))
    return {"name": named, "strip": month_strip(costs, described.unescape()), "ends": [first, last]}


def _budget(
    budgets: Sequence[BudgetState], data: ReportData, t: Words, f: Formats
) -> Mapping[str, Any] | None:
    """How much of the budget that is used up most was spent; while the month is running, what it is expected to come to."""
    if not budgets:
        return None

    def share(state: BudgetState) -> Fraction:
        spent = state.forecast if data.running else state.actual
        return Fraction(spent) / Fraction(state.budget.monthly) if state.budget.monthly else Fraction(0)

    worst = max(budgets, key=share)
    if data.running:
        means = t("budget_expected", percent=f.percent(worst.forecast, worst.budget.monthly))
    elif worst.remaining < 0:
        means = t("budget_over", amount=f.shown(-worst.remaining))
    else:
        means = t("budget_left", amount=f.shown(worst.remaining))
    several = len(budgets) > 1
    return {
        "number": budgets.index(worst),
        "percent": f.percent(worst.actual, worst.budget.monthly),
        "name": worst.budget.name if several else "",
        "means": means,
        "over": worst.remaining < 0,
    }


def _quota(quotas: Sequence[MonthQuota], t: Words, f: Formats) -> Mapping[str, Any] | None:
    """The quota that is fullest; None where no limit is known."""
    share = quotas[0].use.share if quotas else None
    if share is None:
        return None
    use = quotas[0].use
    kind = t("quota_automatic") if use.quota.startswith("automatic") else t("quota_manual")
    return {
        "percent": f.percent(round_fraction(share), Decimal(1)),
        "means": t("quota_used", kind=kind, used=f.number(use.used), limit=f.number(use.limit or 0)),
        "region": use.region,
        "full": any(found.use.full_s for found in quotas),
    }
