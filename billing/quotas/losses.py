"""What the eviction of a cache costs: the pulls of the instances that start without it, and the next build."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from billing.quotas.accounting import QuotaUse, Victim
from billing.quotas.history import quota_sql
from billing.warehouse import Connection
from rules.charges import CHARGES
from rules.money import round_fraction
from rules.period import epoch_s, instant
from rules.quota import pull_s
from rules.quota import quota as quota_of
from rules.tariff import Tariff
from rules.units import from_micro

LATELY = timedelta(days=28)
"""How far back a use counts as a late one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What would be lost with a cache that is next to be evicted.

    uses: instances that started from it in the 28 days before. last_used_at: when the last one ever did. pull_s: about how many
    seconds each of them pulls without it, by what the cache stores; None where that isn't known. rebuild_s: how long its build
    took; rebuild_amount: what the same build costs at the moment's prices, without the snapshot; None where the end of the build
    or a price isn't known. What is created automatically is built for free, by the next instance.
    """

    victim: Victim
    uses: int
    last_used_at: datetime | None
    pull_s: int | None
    rebuild_s: int | None
    rebuild_amount: Decimal | None


def losses(
    connection: Connection, uses: Sequence[QuotaUse], tariff: Tariff, *, at: datetime, most: int
) -> dict[int, Loss]:
    """By cache key, the losses of the first `most` caches that each quota would evict."""
    wanted = {victim.cache_key: (use, victim) for use in uses for victim in use.victims[:most]}
    if not wanted:
        return {}
    at_s = epoch_s(at)
    rows = connection.execute(
        quota_sql("cache_losses"),
        {"cache_keys": sorted(wanted), "at_s": at_s, "since_s": epoch_s(at - LATELY)},
    ).fetchall()
    found = {}
    for key, build_s, size_micro, snapshot_micro, started, last_used_s in rows:
        use, victim = wanted[key]
        automatic = quota_of(use.quota).creation_method == "automatic"
        found[key] = Loss(
            victim=victim,
            uses=started,
            last_used_at=None if last_used_s is None else instant(last_used_s),
            pull_s=None if snapshot_micro is None else pull_s(snapshot_micro),
            rebuild_s=build_s,
            rebuild_amount=Decimal(0)
            if automatic
            else rebuild_amount(tariff, use.region, at_s, size_micro=size_micro, build_s=build_s),
        )
    return found


def rebuild_amount(
    tariff: Tariff, region: str, at_s: int, *, size_micro: int, build_s: int | None
) -> Decimal | None:
    """What a manual build of so many seconds costs at a moment's prices: all charges metered by the second of the build."""
    if build_s is None:
        return None
    amount = Fraction(0)
    for charge in CHARGES:
        if (charge.begin, charge.end, charge.time) != ("created_at", "build_end_at", "second"):
            continue
        values = {name: tariff.value(name, at_s) for name in charge.held.values()}
        held = charge.held.evaluate(
            {"size_gib": from_micro(size_micro)},
            {name: None if dated is None else dated.value for name, dated in values.items()},
        )
        rate = None if charge.rate is None else tariff.rate(charge.rate, region, at_s)
        if held is None or rate is None:
            return None
        amount += Fraction(held) * build_s * rate.price.per_unit(charge.unit)
    return round_fraction(amount)
