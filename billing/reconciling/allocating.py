"""Snapshot rows are billed by region; what a cache has of them is an allocation by its GiB-hours, exact to the last decimal."""

from collections.abc import Iterator
from decimal import Decimal

from billing.reconciling.classify import Group
from billing.reconciling.items import BY_REGION
from billing.reconciling.result import AllocatedSnapshot, Difference, exact
from billing.warehouse import Connection
from rules.money import AMOUNT_PLACES, scaled, spread, unscaled

_SHARES = """
    select cache_id, sum(quantity) as quantity
    from pieces
    where family = ? and account_id = ? and region = ? and bucket between ? and ?
    group by cache_id
    order by cache_id
"""


def allocated_differences(
    connection: Connection, found: Iterator[tuple[Group, Difference]]
) -> Iterator[Difference]:
    """The differences, those of a region's snapshots shared out to its caches by their GiB-hours of the time in question."""
    for group, difference in list(found):
        if group.family not in BY_REGION or difference.class_ == "rounding" or group.region != group.resource:
            yield difference
            continue
        place = [group.family, group.account_id, group.region, group.first, group.last]
        shares = connection.execute(_SHARES, place).fetchall()
        if not shares:
            yield difference
            continue
        said = f"{difference.reason}; the region's amount is shared by GiB-hours"
        for cache_id, amount in _shared(difference.amount, shares):
            if amount or len(shares) == 1:
                yield difference._replace(cache_id=cache_id, amount=amount, reason=said)


def allocated_snapshots(connection: Connection) -> tuple[AllocatedSnapshot, ...]:
    """Each cache's share of the snapshot rows of its region; the shares of a region sum to its rows."""
    totals = connection.execute(
        """select account_id, region, sum(gross) from scoped_rows where verdict = 'compare' and family = 'snapshot'
        group by account_id, region order by account_id, region"""
    ).fetchall()
    found = []
    for account_id, region, theirs in totals:
        shares = connection.execute(_SHARES, ["snapshot", account_id, region, -(1 << 62), 1 << 62]).fetchall()
        found += [
            AllocatedSnapshot(account_id, region, cache_id, amount)
            for cache_id, amount in (_shared(exact([theirs]), shares) if shares else ())
        ]
    return tuple(found)


def _shared(amount: Decimal, shares: list[tuple[str, int]]) -> Iterator[tuple[str, Decimal]]:
    """The amount by largest remainder; what lies beyond the tenth decimal stays with the first cache."""
    ids = [cache_id for cache_id, _ in shares]
    cut = scaled(int(unscaled(amount, 15) // 10**5), AMOUNT_PLACES)
    amounts = spread(cut, [int(quantity) for _, quantity in shares], ids)
    amounts[0] = exact([amounts[0], amount, -cut])
    yield from zip(ids, amounts, strict=True)
