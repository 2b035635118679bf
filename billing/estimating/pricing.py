"""Prices the records behind an option: the meter's declarations, then rating, as for a bill.

Pulling without a cache is metered by two more declarations, whose lines stand beside the cache's own under a heading of theirs.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from billing.bill import Line
from billing.estimating.records import Records
from billing.metering import Slice, make_slices
from billing.metering.in_memory import meter_records
from billing.rating import Rated, rate
from rules.charges import CHARGES, PULL_CHARGES, VALUE_NAMES
from rules.period import Month
from rules.tariff import Tariff
from rules.units import Price

PRICED = (*CHARGES, *PULL_CHARGES)
PULLING = frozenset(charge.id for charge in PULL_CHARGES)


def price(records: Records, tariff: Tariff, *, until_s: int | None = None) -> Rated:
    """The lines of the records, one for each charge and rate period, and what has no price.

    The rate periods are those of the whole billing months that the records touch: inside one month the lines are
    the month's bill's. `until_s` leaves out what comes after it.
    """
    ends = [cache.deleted_s for cache in records.caches] + [group.ended_s for group in records.instances]
    begins = [cache.created_s for cache in records.caches] + [group.started_s for group in records.instances]
    if not begins:
        return _rated(records, (), tariff)
    from_s = Month.containing(min(begins)).from_s
    last_s = max(*ends, *begins, *(group.pulled_s or 0 for group in records.instances))
    end_s = Month.containing(max(min(begins), last_s - 1)).until_s
    slices = make_slices(tariff, from_s, end_s if until_s is None else min(end_s, until_s))
    return _rated(records, slices, tariff)


def exact_amount(records: Records, tariff: Tariff, at_s: int) -> Fraction | None:
    """What the records cost at the prices of one instant, not rounded; None where a price is missing.

    The records begin at `at_s` or later.
    """
    ends = [cache.deleted_s for cache in records.caches] + [group.ended_s for group in records.instances]
    last_s = max(ends, default=at_s) + max((group.pulled_s or 0 for group in records.instances), default=0)
    dated = {name: tariff.value(name, at_s) for name in VALUE_NAMES}
    values = {name: None if found is None else found.value for name, found in dated.items()}
    rated = _rated(records, (Slice(0, at_s, last_s + 1, values),), tariff)
    return None if rated.unrated else sum(map(_exact, rated.lines), Fraction(0))


def _rated(records: Records, slices: Sequence[Slice], tariff: Tariff) -> Rated:
    metering = meter_records(records.caches, records.instances, slices, charges=PRICED)
    rated = rate(metering, tariff, charges=PRICED)
    methods = {cache.cache_id: cache.creation_method for cache in records.caches}
    lines = (
        line._replace(creation_method=methods.get(line.cache_id, "")) if line.charge in PULLING else line
        for line in rated.lines
    )
    return rated._replace(lines=tuple(lines))


def pull_price(records: Records, tariff: Tariff, at_s: int) -> Fraction | None:
    """What the instances of the records cost for each second, all together, at the prices of one instant."""
    pulling = Records(
        (),
        tuple(
            replace(g, cache_id=None, pulled_s=at_s + 1, started_s=at_s, ended_s=at_s)
            for g in records.instances
        ),
    )
    return exact_amount(pulling, tariff, at_s)


def _exact(line: Line) -> Fraction:
    """A line's amount before it was rounded."""
    return (
        Fraction(line.quantity) * Price(line.rate, line.per).per_unit(line.unit)
        if not line.free
        else Fraction(0)
    )
