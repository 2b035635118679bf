"""The quotas of a month as the report shows them: their state at its end, and how full each day was."""

from collections.abc import Collection
from typing import NamedTuple

from billing.quotas import QuotaUse, accounting, history
from billing.quotas.history import QuotaDay, by_day
from billing.quotas.settings import QuotaSettings
from billing.store import Reader, Store
from rules.period import Month, instant


class MonthQuota(NamedTuple):
    """A quota at the month's last second, or at the report's moment, and the month's days up to it."""

    use: QuotaUse
    days: tuple[QuotaDay, ...]


def month_quotas(
    store: Store,
    reader: Reader,
    month: Month,
    *,
    until_s: int,
    accounts: Collection[str] | None,
    settings: QuotaSettings,
) -> tuple[MonthQuota, ...]:
    """The quotas of a month up to `until_s`, the fullest first, then those whose limit isn't known; none before it has begun."""
    last_s = min(until_s, month.until_s - 1)
    if last_s <= month.from_s:
        return ()
    uses = accounting(
        store,
        reader,
        at=instant(last_s),
        stale=settings.stale,
        window_s=settings.window_s,
        accounts=accounts,
    )
    if not uses:
        return ()
    days = by_day(
        history(store, reader, from_=instant(month.from_s), until=instant(last_s), accounts=accounts)
    )
    found = [MonthQuota(use, tuple(days[use.subject])) for use in uses]
    return tuple(sorted(found, key=_fullest_first))


def _fullest_first(found: MonthQuota) -> tuple[bool, object, tuple[str, str, str]]:
    share = found.use.share
    return share is None, 0 if share is None else -share, found.use.subject
