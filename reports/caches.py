"""The caches of a month as the report shows them: their lives, what was found out about them, and what replays recommend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from billing.findings import Cost, Saving, costs, savings
from billing.grouping import group
from billing.lives import CacheLife, cache_lives, used_by_day
from billing.pipeline import MeteredBill
from billing.quotas.accounting import evicted_caches
from billing.recommending import Recommendations, recommendations, replay_of
from billing.store import Reader, Store
from reports.quotas import MonthQuota
from rules.period import epoch_s, instant
from rules.tariff import Tariff

LIVES_SHOWN = 10
"""Caches whose life a report draws, the dearest first; the others are summed."""


@dataclass(frozen=True, slots=True)
class MonthCaches:
    """The month's caches, the dearest first; `days` has the starts by day of the first LIVES_SHOWN, by cache key."""

    lives: tuple[CacheLife, ...] = ()
    days: Mapping[int, Mapping[int, int]] = field(default_factory=dict)
    costs: tuple[Cost, ...] = ()
    savings: tuple[Saving, ...] = ()


def month_caches(
    store: Store,
    reader: Reader,
    metered: MeteredBill,
    quotas: Sequence[MonthQuota],
    *,
    as_of: datetime,
    tariff: Tariff,
    account: str | None,
) -> tuple[MonthCaches, Recommendations]:
    """The caches of a bill's month and what replays confirm; which were evicted is asked only where a quota says some were."""
    bill = metered.bill
    until_s = min(bill.month.until_s, epoch_s(as_of))
    evicted: frozenset[int] = frozenset()
    if any(each.use.evicted for each in quotas):
        accounts = None if account is None else (account,)
        at = instant(min(until_s, bill.month.until_s - 1))
        evicted = evicted_caches(store, reader, at=at, accounts=accounts)
    lives = cache_lives(
        reader,
        bill.month,
        until_s=until_s,
        account=account,
        tariff=tariff,
        groups=group(metered, "cache"),
        evicted=evicted,
    )
    shown = [life.cache_key for life in lives[:LIVES_SHOWN]]
    with replay_of(store, reader, bill, as_of=as_of, tariff=tariff, account=account) as replay:
        recommended = recommendations(replay, bill, account)
        saved = () if replay is None else savings(replay, lives, account)
    days = used_by_day(reader, bill.month, shown, until_s=until_s)
    return MonthCaches(lives, days, costs(lives, bill.lines, tariff), saved), recommended
