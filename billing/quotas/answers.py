"""The quotas as JSON, as interface.md has it; decimals are strings, instants RFC 3339 in the billing zone."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from billing.alerting.thresholds import share_text
from billing.quotas.accounting import QuotaUse
from billing.quotas.forecast import Forecast
from billing.quotas.history import QuotaStep
from billing.quotas.losses import Loss
from billing.quotas.overview import Overview
from rules.money import plain, round_amount
from rules.period import rfc3339


def overview_json(found: Overview, *, at: datetime, currency: str) -> dict[str, Any]:
    """The answer of `imcost quota --json`."""
    return {
        "as_of": rfc3339(at),
        "currency": currency,
        "quotas": [
            use_json(use)
            | {
                "explanations": list(found.explanations.get(use.subject, ())),
                "losses": [
                    _loss(found.losses[victim.cache_key])
                    for victim in use.victims
                    if victim.cache_key in found.losses
                ],
            }
            for use in found.uses
        ],
        "near_limits": [
            {**each._asdict(), "value": plain(each.value), "least": str(each.least), "most": str(each.most)}
            for each in found.near_limits
        ],
        "expiring": [{**each._asdict(), "expires_at": rfc3339(each.expires_at)} for each in found.expiring],
    }


def use_json(use: QuotaUse) -> dict[str, Any]:
    """One quota."""
    return {
        "account_id": use.account_id,
        "region": use.region,
        "quota": use.quota,
        "limit": use.limit,
        "limit_observed_at": _instant(use.limit_observed_at),
        "used": use.used,
        "counted": use.counted,
        "observed": use.observed,
        "observed_at": _instant(use.observed_at),
        "stale": use.stale,
        "share": share_text(use.share),
        "free_places": use.free_places,
        "peak": use.peak,
        "peak_at": rfc3339(use.peak_at),
        "above_80_percent_s": use.above_s,
        "full_s": use.full_s,
        "evicted": use.evicted,
        "difference": use.difference,
        "differs_since": _instant(use.differs_since),
        "forecast": _forecast(use.forecast),
        "at_limit": use.at_limit,
        "next_evicted": list(use.next_evicted),
    }


def step_json(step: QuotaStep) -> Mapping[str, Any]:
    """One step of a history."""
    return {
        "account_id": step.account_id,
        "region": step.region,
        "quota": step.quota,
        "from": rfc3339(step.at),
        "until": rfc3339(step.until),
        "used": step.used,
        "counted": step.counted,
        "observed": step.observed,
        "observed_at": _instant(step.observed_at),
        "limit": step.limit,
        "limit_assumed": step.limit_assumed,
    }


def _forecast(found: Forecast) -> dict[str, Any]:
    return {
        "reaches": _instant(found.reaches),
        "earliest": _instant(found.earliest),
        "latest": _instant(found.latest),
        "method": found.method,
        "follows": found.follows,
        "slope_per_day": _decimal(found.slope_per_day),
        "slope_per_day_low": _decimal(found.slope_per_day_low),
        "slope_per_day_high": _decimal(found.slope_per_day_high),
        "until": _instant(found.until),
        "reason": found.reason,
    }


def _loss(found: Loss) -> dict[str, Any]:
    return {
        "cache_id": found.victim.cache_id,
        "last_matched_at": _instant(found.victim.last_matched_at),
        "created_at": rfc3339(found.victim.created_at),
        "elimination_strategy": found.victim.elimination_strategy,
        "uses": found.uses,
        "last_used_at": _instant(found.last_used_at),
        "pull_s": found.pull_s,
        "rebuild_s": found.rebuild_s,
        "rebuild_amount": None if found.rebuild_amount is None else plain(found.rebuild_amount),
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else rfc3339(at)


def _decimal(value: Fraction | None) -> str | None:
    """At most four decimals, rounded half up."""
    return None if value is None else plain(round_amount(round(value * 10_000), 10_000))
