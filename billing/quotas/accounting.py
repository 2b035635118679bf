"""The state of every quota at a moment: used, limit, peak, forecast, and what happens when it is full."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from billing.quotas.forecast import FOLLOWED, WINDOW_S, Forecast, Point, forecast
from billing.quotas.history import make_history, quota_sql, quota_views
from billing.store import Reader, Store
from billing.warehouse import Connection
from rules.period import DAY_S, Month, epoch_s, instant
from rules.quota import AtLimit, at_limit, quota

ABOVE_PERCENT = 80
"""The share of the limit above which the time is summed up."""

STALE = timedelta(hours=24)
"""How old the latest observation may be before it is called stale, where the settings say nothing."""

NEXT_KEPT = 1000
"""How many of the caches that would be evicted next are named."""


class Victim(NamedTuple):
    """A cache that would be evicted, in its order: by last_matched_at, else created_at, then created_at, then cache_id."""

    cache_key: int
    cache_id: str
    created_at: datetime
    last_matched_at: datetime | None
    elimination_strategy: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaUse:
    """One account's quota in a region at the moment `at`.

    counted: caches that hold a place by the usage records. observed, observed_at: the latest observation up to `at`, None where
    there is none; limit, limit_observed_at: the limit with the latest observation, None: not known, which is never fine. stale:
    the observation is older than it may be. difference: observed - counted at the observation's own moment, and differs_since
    the first observation since which all have differed. peak: the most in the month of `at` up to it, counted or observed, first
    reached at peak_at. above_s, full_s: seconds of the month up to `at` with at least 80 % and with all of the limit used;
    evicted: caches that were deleted in the month while it was full, probably to make room. next_evicted: ids in their order.
    """

    account_id: str
    region: str
    quota: str
    at: datetime
    counted: int
    observed: int | None
    observed_at: datetime | None
    stale: bool
    limit: int | None
    limit_observed_at: datetime | None
    peak: int
    peak_at: datetime
    above_s: int
    full_s: int
    evicted: int
    difference: int
    differs_since: datetime | None
    forecast: Forecast
    at_limit: AtLimit
    victims: tuple[Victim, ...]

    @property
    def subject(self) -> tuple[str, str, str]:
        """Account, region and quota: what tells it from all others."""
        return self.account_id, self.region, self.quota

    @property
    def used(self) -> int:
        """The latest observation where there is one, else the count."""
        return self.counted if self.observed is None else self.observed

    @property
    def share(self) -> Fraction | None:
        """Used places by the limit, exactly, which may be more than 1; None where the limit is not known.

        Of a limit of 0, nothing used is no share (None) and anything used is the whole.
        """
        if self.limit is None:
            return None
        if self.limit == 0:
            return Fraction(1) if self.used else None
        return Fraction(self.used, self.limit)

    @property
    def free_places(self) -> int | None:
        """Places that are left, never negative; None where the limit is not known."""
        return None if self.limit is None else max(0, self.limit - self.used)

    @property
    def next_evicted(self) -> tuple[str, ...]:
        """The caches that would be evicted to make room, the next one first; empty where the next creation is refused."""
        return tuple(victim.cache_id for victim in self.victims)


def accounting(
    store: Store,
    reader: Reader,
    *,
    at: datetime,
    stale: timedelta = STALE,
    window_s: int = WINDOW_S,
    accounts: Collection[str] | None = None,
) -> tuple[QuotaUse, ...]:
    """Every quota that something is known of at the moment `at`, by account, region and quota.

    That is: some cache held a place since the begin of the month or of the window, or something was observed up to `at`.
    What is later than `at` doesn't exist yet. `accounts` restricts everything to these accounts.
    """
    with quota_views(store, reader, accounts=accounts) as connection:
        return quota_uses(connection, at=at, stale=stale, window_s=window_s)


def quota_uses(
    connection: Connection, *, at: datetime, stale: timedelta = STALE, window_s: int = WINDOW_S
) -> tuple[QuotaUse, ...]:
    """The same over a connection with the quotas' views, in which `quota_history` up to `at` then stands."""
    at_s = epoch_s(at)
    month_s = Month.containing(at_s).from_s
    from_s = min(month_s, at_s - window_s)
    days = [at_s - day * DAY_S for day in range(window_s // DAY_S + 1)]
    make_history(connection, from_s, at_s, [from_s, month_s, *days])
    points = _points(connection, at_s, at_s - window_s)
    differences = _differences(connection)
    victims = _victims(connection, at_s)
    evicted = Counter(key for key, _ in _evictions(connection, month_s, at_s))
    rows = connection.execute(
        quota_sql("quota_uses"), {"at_s": at_s, "month_s": month_s, "above_percent": ABOVE_PERCENT}
    ).fetchall()
    uses = []
    for row in map(_Row._make, rows):
        since = differences.get(row.key)
        used = row.counted if row.observed is None else row.observed
        uses.append(
            QuotaUse(
                account_id=row.account_id,
                region=row.region,
                quota=row.quota,
                at=at,
                counted=row.counted,
                observed=row.observed,
                observed_at=_instant(row.observed_s),
                stale=row.observed_s is not None and at_s - row.observed_s > stale // timedelta(seconds=1),
                limit=row.limit,
                limit_observed_at=_instant(row.limit_s),
                peak=row.peak,
                peak_at=instant(row.peak_s),
                above_s=row.above_s,
                full_s=row.full_s,
                evicted=evicted[row.key],
                difference=0 if since is None else since[0],
                differs_since=None if since is None else instant(since[1]),
                forecast=_forecast(points, row.key, at_s, used, row.limit, window_s),
                at_limit=at_limit(quota(row.quota), victims[row.key]),
                victims=tuple(victims[row.key]),
            )
        )
    return tuple(uses)


def evicted_caches(
    store: Store, reader: Reader, *, at: datetime, accounts: Collection[str] | None = None
) -> frozenset[int]:
    """The keys of the caches that probably were evicted since the begin of the month: `QuotaUse.evicted` counts them."""
    at_s = epoch_s(at)
    month_s = Month.containing(at_s).from_s
    with quota_views(store, reader, accounts=accounts) as connection:
        make_history(connection, month_s, at_s, [month_s])
        return frozenset(cache_key for _, cache_key in _evictions(connection, month_s, at_s))


def _evictions(connection: Connection, month_s: int, at_s: int) -> list[tuple[int, int]]:
    """Quota key and cache key of each cache that probably was evicted; `quota_history` reaches from the one to the other."""
    bound = {"month_s": month_s, "at_s": at_s}
    return connection.execute(quota_sql("quota_evictions"), bound).fetchall()


class _Row(NamedTuple):
    """A row of quota_uses.sql."""

    account_id: str
    region: str
    quota: str
    key: int
    counted: int
    observed: int | None
    observed_s: int | None
    limit: int | None
    limit_s: int | None
    peak: int
    peak_s: int
    above_s: int
    full_s: int


def _points(connection: Connection, at_s: int, from_s: int) -> Mapping[tuple[int, str], list[Point]]:
    """Each quota's days, as observed and as counted."""
    found = defaultdict(list)
    rows = connection.execute(quota_sql("quota_days"), {"at_s": at_s, "from_s": from_s})
    for key, kind, day_s, used in rows.fetchall():
        found[key, kind].append(Point(day_s, used))
    return found


def _differences(connection: Connection) -> dict[int, tuple[int, int]]:
    """By how much the latest observation of a quota differs from the count, and since when, where it does."""
    rows = connection.execute(quota_sql("quota_differences")).fetchall()
    return {key: (difference, since_s) for key, difference, since_s in rows}


def _victims(connection: Connection, at_s: int) -> Mapping[int, list[Victim]]:
    """Of each quota the caches that would be evicted next."""
    last_uses = quota_sql("last_uses").format(at_s=at_s)
    connection.execute(f"create or replace temp table last_uses as {last_uses}")
    found = defaultdict(list)
    rows = connection.execute(quota_sql("quota_holders").format(most=NEXT_KEPT), {"at_s": at_s})
    for key, cache_key, cache_id, created_us, matched_us, strategy in rows.fetchall():
        matched_at = None if matched_us is None else _at_us(matched_us)
        found[key].append(Victim(cache_key, cache_id, _at_us(created_us), matched_at, strategy))
    return found


def _forecast(
    points: Mapping[tuple[int, str], list[Point]],
    key: int,
    at_s: int,
    used: int,
    limit: int | None,
    window_s: int,
) -> Forecast:
    """The forecast by what was observed; by what was counted where the observations don't suffice for one."""
    first, *others = (
        forecast(
            points.get((key, kind), ()), at_s=at_s, used=used, limit=limit, window_s=window_s, follows=kind
        )
        for kind in FOLLOWED
    )
    return next((found for found in (first, *others) if found.slope_per_day is not None), first)


def _instant(at_s: int | None) -> datetime | None:
    return None if at_s is None else instant(at_s)


def _at_us(at_us: int) -> datetime:
    return instant(0) + timedelta(microseconds=at_us)
