"""Quota states made by hand, so that alerts are tested on values alone."""

from datetime import datetime

from billing.quotas import Forecast, QuotaUse


def quota_use(
    at: datetime,
    used: int,
    limit: int | None,
    *,
    region: str = "cn-hangzhou",
    account_id: str = "42",
    reaches: datetime | None = None,
) -> QuotaUse:
    """A manual quota of which so many places were just observed to be used."""
    return QuotaUse(
        account_id=account_id,
        region=region,
        quota="manual_image_caches",
        at=at,
        counted=used,
        observed=used,
        observed_at=at,
        stale=False,
        limit=limit,
        limit_observed_at=at,
        peak=used,
        peak_at=at,
        above_s=0,
        full_s=0,
        evicted=0,
        difference=0,
        differs_since=None,
        forecast=Forecast("theil-sen", "observed", reaches=reaches),
        at_limit="refused",
        victims=(),
    )
