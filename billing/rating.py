"""Rating: quantities times the dated prices of a tariff, the one place where money comes from.

The steps, in this order: add up what is held times the units of each rate period (integers), divide once, round half up at the
tenth decimal, and name what has no price. A rate period is the part of the month in which a charge's rate and the dated
values that it refers to stay the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

from billing.bill import Line, Unrated
from billing.metering import Metered, Metering, Slice, Subject
from rules.charges import CHARGES, Charge
from rules.money import round_amount, spread
from rules.tariff import Rate, Tariff
from rules.units import MICRO, from_micro

FREE_RATE = Decimal(0)


class Period(NamedTuple):
    """A charge's rate period in one region, as [from_s, until_s), with the price of a millionth of the charge's unit.

    `rate` is None for a free charge and where the tariff lacks a price; `reason` says what is lacking.
    """

    from_s: int
    until_s: int
    rate: Rate | None
    numerator: int
    denominator: int
    reason: str | None


class Split(NamedTuple):
    """How lines come apart into parts: by the value of the tag that was metered, by slice, or by both."""

    by_tag: bool = False
    by_slice: bool = False


class Part(NamedTuple):
    """The share of a line of one tag value (None: no such tag, or not asked for) and slice (0: not asked for)."""

    tag: str | None
    slice: int
    quantity: Decimal
    estimated_quantity: Decimal
    amount: Decimal


@dataclass(slots=True)
class _Sum:
    """What one cache used of one charge in one rate period."""

    period: Period
    quantity_micro: int = 0
    estimated_micro: int = 0
    by_part: dict[tuple[str | None, int], list[int]] = field(default_factory=dict)

    def amount(self, quantity_micro: int) -> Decimal:
        """The rounded amount of a quantity at this sum's price."""
        return round_amount(quantity_micro * self.period.numerator, self.period.denominator)


class Rated(NamedTuple):
    """The lines, what has no price, and which cache, declared extra storage and slice came out how.

    `parts` has each line's parts, in the lines' order; it is empty where no split was asked for. `charged` and `unrated_at` hold
    (kind of record, cache key, declared extra storage in millionths, slice).
    """

    lines: tuple[Line, ...]
    parts: tuple[tuple[Part, ...], ...]
    unrated: tuple[Unrated, ...]
    charged: frozenset[tuple[str, int, int | None, int]]
    unrated_at: frozenset[tuple[str, int, int | None, int]]


def rate(metering: Metering, tariff: Tariff, split: Split = Split()) -> Rated:
    """Rate everything that was metered; lines come sorted by account, region, cache, charge and rate period.

    A quantity of zero makes no line. A quantity whose dated value is missing is named with its units of time.
    """
    rates = _Rates(tariff, metering.slices)
    splitting = split.by_tag or split.by_slice
    sums: dict[tuple[int, int, int], _Sum] = {}
    missing: dict[tuple[int, int, str], int] = {}
    charged: set[tuple[str, int, int | None, int]] = set()
    unrated_at: set[tuple[str, int, int | None, int]] = set()
    for metered in metering.quantities:
        if metered.held_micro == 0:
            continue
        charge = CHARGES[metered.charge]
        where = (charge.record, metered.cache_key, metered.extra_ephemeral_micro, metered.slice)
        period = rates.period(metered, metering.subjects[metered.cache_key].region)
        if metered.held_micro is None or period.reason is not None:
            unrated_at.add(where)
        elif not charge.free:
            charged.add(where)
        if metered.held_micro is None:
            reason = (metered.charge, metered.cache_key, rates.missing_value(metered))
            missing[reason] = missing.get(reason, 0) + metered.units
            continue
        key = (metered.cache_key, metered.charge, period.from_s)
        if (total := sums.get(key)) is None:
            total = sums[key] = _Sum(period)
        quantity = metered.held_micro * metered.units
        total.quantity_micro += quantity
        estimated = quantity if metered.held_estimated else metered.held_micro * metered.estimated_units
        total.estimated_micro += estimated
        if splitting:
            label = (metered.tag if split.by_tag else None, metered.slice if split.by_slice else 0)
            part = total.by_part.setdefault(label, [0, 0])
            part[0] += quantity
            part[1] += estimated
    return _rated(metering, sums, missing, frozenset(charged), frozenset(unrated_at))


def _rated(
    metering: Metering,
    sums: dict[tuple[int, int, int], _Sum],
    missing: dict[tuple[int, int, str], int],
    charged: frozenset[tuple[str, int, int | None, int]],
    unrated_at: frozenset[tuple[str, int, int | None, int]],
) -> Rated:
    subjects = metering.subjects
    order = {key: rank for rank, key in enumerate(sorted(subjects, key=lambda key: _sort_key(subjects[key])))}
    lines: list[Line] = []
    parts: list[tuple[Part, ...]] = []
    unrated: list[Unrated] = []
    for key, charge_index, from_s in sorted(sums, key=lambda found: (order[found[0]], *found[1:])):
        charge, total = CHARGES[charge_index], sums[key, charge_index, from_s]
        if total.period.reason is not None:
            quantity = from_micro(total.quantity_micro)
            unrated.append(_unrated(charge, subjects[key], quantity, charge.unit, total.period.reason))
            continue
        line = _line(charge, subjects[key], total)
        lines.append(line)
        if total.by_part:
            parts.append(tuple(_parts(line, total)))
    for (charge_index, key, reason), units in sorted(missing.items()):
        charge = CHARGES[charge_index]
        unrated.append(_unrated(charge, subjects[key], Decimal(units), charge.time, reason))
    return Rated(tuple(lines), tuple(parts), tuple(unrated), charged, unrated_at)


def _sort_key(subject: Subject) -> tuple[str, str, str]:
    return (subject.account_id, subject.region, subject.cache_id or "")


def _line(charge: Charge, subject: Subject, total: _Sum) -> Line:
    period = total.period
    return Line(
        charge=charge.id,
        phase=charge.phase,
        account_id=subject.account_id,
        region=subject.region,
        cache_id=subject.cache_id or "",
        creation_method=charge.creation_method,
        quantity=from_micro(total.quantity_micro),
        unit=charge.unit,
        rate=FREE_RATE if period.rate is None else period.rate.price.amount,
        per=charge.unit if period.rate is None else period.rate.price.per,
        rate_from=None if period.rate is None else period.rate.from_label,
        amount=total.amount(total.quantity_micro),
        free=charge.free,
        estimated=total.estimated_micro > 0,
        estimated_quantity=from_micro(total.estimated_micro),
        period_from=period.from_s,
        period_until=period.until_s,
    )


def _parts(line: Line, total: _Sum) -> Iterator[Part]:
    """The line's parts, which sum to it exactly.

    Tag values share the amount by largest remainder, and so do the slices of a tag value; slices alone get the differences
    of the rounded running amount, so that a month up to any day costs what that part of the month would have cost.
    """
    tags = sorted({tag for tag, _ in total.by_part}, key=lambda tag: (tag is None, tag or ""))
    quantities = [sum(total.by_part[label][0] for label in total.by_part if label[0] == tag) for tag in tags]
    shares = spread(line.amount, quantities, [str(index) for index in range(len(tags))])
    for tag, share in zip(tags, shares, strict=True):
        slices = sorted(slice_ for found, slice_ in total.by_part if found == tag)
        found = [total.by_part[tag, slice_] for slice_ in slices]
        if len(tags) == 1:
            running = [total.amount(so_far) for so_far in accumulate(quantity for quantity, _ in found)]
            amounts = [later - earlier for earlier, later in zip([Decimal(0), *running], running, strict=False)]
        else:
            amounts = spread(share, [quantity for quantity, _ in found], [f"{slice_:05}" for slice_ in slices])
        for slice_, (quantity, estimated), amount in zip(slices, found, amounts, strict=True):
            yield Part(tag, slice_, from_micro(quantity), from_micro(estimated), amount)


def _unrated(charge: Charge, subject: Subject, quantity: Decimal, unit: str, reason: str) -> Unrated:
    return Unrated(
        charge=charge.id,
        account_id=subject.account_id,
        region=subject.region,
        cache_id=subject.cache_id or "",
        quantity=quantity,
        unit=unit,
        reason=reason,
    )


class _Rates:
    """Finds the rate period of a charge, region and slice; each is looked up in the tariff once."""

    def __init__(self, tariff: Tariff, slices: Sequence[Slice]) -> None:
        self._tariff = tariff
        self._slices = slices
        self._found: dict[tuple[int, str], list[Period]] = {}

    def period(self, metered: Metered, region: str) -> Period:
        """The rate period that a quantity was metered in."""
        key = (metered.charge, region)
        if (periods := self._found.get(key)) is None:
            periods = self._found[key] = self._periods(CHARGES[metered.charge], region)
        return periods[metered.slice]

    def missing_value(self, metered: Metered) -> str:
        """Which dated value the quantity lacks."""
        cut = self._slices[metered.slice]
        lacking = [name for name in sorted(CHARGES[metered.charge].held.values()) if cut.values[name] is None]
        return self._tariff.missing_value_reason(lacking[0], cut.from_s)

    def _periods(self, charge: Charge, region: str) -> list[Period]:
        """The rate period of each slice; neighbours with the same rate and dated values are one period."""
        runs: list[tuple[object, list[Slice]]] = []
        for cut in self._slices:
            found = None if charge.rate is None else self._tariff.rate(charge.rate, region, cut.from_s)
            same = (found, [cut.values[name] for name in sorted(charge.held.values())])
            if runs and runs[-1][0] == same:
                runs[-1][1].append(cut)
            else:
                runs.append((same, [cut]))
        return [period for _, run in runs for period in [self._period(charge, region, run)] * len(run)]

    def _period(self, charge: Charge, region: str, run: Sequence[Slice]) -> Period:
        from_s, until_s = run[0].from_s, run[-1].until_s
        if charge.rate is None:
            return Period(from_s, until_s, None, 0, 1, None)
        found = self._tariff.rate(charge.rate, region, from_s)
        if found is None:
            reason = self._tariff.missing_reason(charge.rate, region, from_s)
            return Period(from_s, until_s, None, 0, 1, reason)
        price = found.price.per_unit(charge.unit)
        return Period(from_s, until_s, found, price.numerator, price.denominator * MICRO, None)
