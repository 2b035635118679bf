"""Snapshot rows are billed by region; what a cache has of them is an allocation by its GiB-hours, exact to the last decimal."""

from collections.abc import Iterator
from decimal import Decimal

from billing.reconciling.classify import Group
from billing.reconciling.items import BY_REGION
from billing.reconciling.ours import Grain, span_s
from billing.reconciling.reasons import reason
from billing.reconciling.result import AllocatedSnapshot, Difference, exact
from billing.warehouse import Connection
from rules.money import AMOUNT_PLACES, scaled, spread, unscaled

_SHARES = """
    select
        cache_id,
        sum(cast(held_micro as hugeint) * ((least(end_s, $until_s) - greatest(begin_s, $from_s)) // per)) as quantity
    from shares
    where family = $family and account_id = $account and region = $region and begin_s < $until_s and end_s > $from_s
    group by cache_id
    order by cache_id
"""
EVER_S = 1 << 40
"""Epoch seconds far outside of any month."""


def allocated_differences(
    connection: Connection, found: Iterator[tuple[Group, Difference]], grain: Grain
) -> Iterator[Difference]:
    """The differences, those of a region's snapshots shared out to its caches by their GiB-hours of the time in question."""
    for group, difference in list(found):
        if group.family not in BY_REGION or difference.class_ == "rounding" or group.region != group.resource:
            yield difference
            continue
        from_s, until_s = span_s(group.first, group.last, grain)
        shares = _shares(connection, group.family, group.account_id, group.region, from_s, until_s)
        if not shares:
            yield difference
            continue
        said = reason("shared", why=difference.reason)
        for cache_id, amount in _shared(difference.amount, shares):
            if amount or len(shares) == 1:
                yield difference._replace(cache_id=cache_id, amount=amount, reason=said)


def allocated_snapshots(connection: Connection) -> tuple[AllocatedSnapshot, ...]:
    """Each cache's share of the snapshot rows of its region; the shares of a region sum to its rows."""
    totals = connection.execute(
        """select account_id, region, sum(gross) from subjects where verdict = 'compare' and family = 'snapshot'
        group by account_id, region order by account_id, region"""
    ).fetchall()
    found = []
    for account_id, region, theirs in totals:
        shares = _shares(connection, "snapshot", account_id, region, -EVER_S, EVER_S)
        found += [
            AllocatedSnapshot(account_id, region, cache_id, amount)
            for cache_id, amount in (_shared(exact([theirs]), shares) if shares else ())
        ]
    return tuple(found)


def _shares(
    connection: Connection, family: str, account: str, region: str, from_s: int, until_s: int
) -> list[tuple[str, int]]:
    """What each cache of a place holds in an interval, in millionths times units of time."""
    bound = {"family": family, "account": account, "region": region, "from_s": from_s, "until_s": until_s}
    return connection.execute(_SHARES, bound).fetchall()


def _shared(amount: Decimal, shares: list[tuple[str, int]]) -> Iterator[tuple[str, Decimal]]:
    """The amount by largest remainder; what lies beyond the tenth decimal stays with the first cache."""
    ids = [cache_id for cache_id, _ in shares]
    cut = scaled(int(unscaled(amount, 15) // 10**5), AMOUNT_PLACES)
    amounts = spread(cut, [int(quantity) for _, quantity in shares], ids)
    amounts[0] = exact([amounts[0], amount, -cut])
    yield from zip(ids, amounts, strict=True)
