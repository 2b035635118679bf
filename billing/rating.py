"""Rating: quantities times the dated prices of a tariff, the one place where money comes from.

The steps, in this order: add up what is held times the units of each rate period (integers), divide once, round half up at the
tenth decimal, and name what has no price. A rate period is the part of the month in which a charge's rate and the dated
values that it refers to stay the same.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

from billing.bill import Line, Unrated
from billing.metering import Metering, Slice, Subject
from rules.charges import CHARGES, Charge
from rules.money import AMOUNT_PLACES, AMOUNT_UNITS, half_up, scaled, spread
from rules.tariff import Tariff
from rules.units import MICRO, from_micro


class Period(NamedTuple):
    """A charge's rate period in one region, as [from_s, until_s).

    `numerator / denominator` is the price of a millionth of the charge's unit, counted in the tenth decimal of the currency.
    A free charge has the rate 0 and no `rate_from`. Where the tariff lacks a price, `reason` says so.
    """

    from_s: int
    until_s: int
    rate: Decimal
    per: str
    rate_from: str | None
    numerator: int
    denominator: int
    reason: str | None


class Split(NamedTuple):
    """How lines come apart into parts: by the value of the tag that was metered, by slice, or by both."""

    by_tag: bool = False
    by_slice: bool = False


WHOLE = Split()
"""Lines stay whole."""


class Part(NamedTuple):
    """The share of a line of one tag value (None: no such tag, or not asked for) and slice (0: not asked for)."""

    tag: str | None
    slice: int
    quantity: Decimal
    estimated_quantity: Decimal
    amount: Decimal


class _Sum:
    """What one cache used of one charge in one rate period, in millionths of the charge's unit; `parts` only where asked for."""

    __slots__ = ("estimated_micro", "parts", "period", "quantity_micro")

    def __init__(self, period: Period) -> None:
        self.period = period
        self.quantity_micro = 0
        self.estimated_micro = 0
        self.parts: dict[tuple[str | None, int], list[int]] = {}

    def amount(self, quantity_micro: int) -> Decimal:
        """The rounded amount of a quantity at this sum's price."""
        period = self.period
        return scaled(half_up(quantity_micro * period.numerator, period.denominator), AMOUNT_PLACES)


Place = tuple[str, int, int | None, int]
"""Kind of record, cache key, declared extra storage in millionths, slice."""


class Rated(NamedTuple):
    """The lines, what has no price, and which cache, declared extra storage and slice came out how.

    `parts` has each line's parts, in the lines' order; it is empty where no split was asked for. `charged` and `unrated_at`
    say where something has a price, and where something lacks one.
    """

    lines: tuple[Line, ...]
    parts: tuple[tuple[Part, ...], ...]
    unrated: tuple[Unrated, ...]
    charged: frozenset[Place]
    unrated_at: frozenset[Place]


def rate(
    metering: Metering, tariff: Tariff, split: Split = WHOLE, *, charges: Sequence[Charge] = CHARGES
) -> Rated:
    """Rate everything that was metered; lines come sorted by account, region, cache, charge and rate period.

    A quantity of zero makes no line. A quantity whose dated value is missing is named with its units of time.
    `charges` are the declarations that the quantities were metered by.
    """
    rates = _Rates(tariff, metering.slices, charges)
    subjects = sorted(metering.subjects.items(), key=_subject_first)
    ranks = {key: rank for rank, (key, _) in enumerate(subjects)}
    sums: dict[tuple[int, int, int], _Sum] = {}
    missing: dict[tuple[int, int, str], int] = {}
    charged: set[Place] = set()
    unrated_at: set[Place] = set()
    splitting = split.by_tag or split.by_slice
    # Unpacked at once: a month has tens of thousands of quantities.
    for (
        charge_index,
        key,
        slice_index,
        extra,
        tag,
        held,
        held_estimated,
        units,
        open_units,
    ) in metering.quantities:
        if held == 0:
            continue
        rank = ranks[key]
        period = rates.periods(charge_index, subjects[rank][1].region)[slice_index]
        charge = charges[charge_index]
        if held is None or period.reason is not None:
            unrated_at.add((charge.record, key, extra, slice_index))
        elif charge.rate is not None:
            charged.add((charge.record, key, extra, slice_index))
        if held is None:
            lacking = (charge_index, rank, rates.missing_value(charge, slice_index, period.from_s))
            missing[lacking] = missing.get(lacking, 0) + units
            continue
        place = (rank, charge_index, period.from_s)
        total = sums.get(place)
        if total is None:
            total = sums[place] = _Sum(period)
        quantity = held * units
        estimated = quantity if held_estimated else held * open_units
        total.quantity_micro += quantity
        total.estimated_micro += estimated
        if splitting:
            label = (tag if split.by_tag else None, slice_index if split.by_slice else 0)
            part = total.parts.setdefault(label, [0, 0])
            part[0] += quantity
            part[1] += estimated
    named = [subject for _, subject in subjects]
    return Rated(*_lines(named, charges, sums, missing), frozenset(charged), frozenset(unrated_at))


def _lines(
    subjects: Sequence[Subject],
    charges: Sequence[Charge],
    sums: dict[tuple[int, int, int], _Sum],
    missing: dict[tuple[int, int, str], int],
) -> tuple[tuple[Line, ...], tuple[tuple[Part, ...], ...], tuple[Unrated, ...]]:
    """Lines, their parts and unrated quantities, from sums by (rank of the subject, charge, begin of the rate period)."""
    lines: list[Line] = []
    parts: list[tuple[Part, ...]] = []
    unrated: list[Unrated] = []
    for place in sorted(sums):
        rank, charge_index, _ = place
        charge, subject, total = charges[charge_index], subjects[rank], sums[place]
        if total.period.reason is not None:
            quantity = from_micro(total.quantity_micro)
            unrated.append(_unrated(charge, subject, quantity, charge.unit, total.period.reason))
            continue
        line = _line(charge, subject, total)
        lines.append(line)
        if total.parts:
            parts.append(tuple(_parts(line, total)))
    for lacking in sorted(missing):
        charge_index, rank, reason = lacking
        charge, units = charges[charge_index], missing[lacking]
        unrated.append(_unrated(charge, subjects[rank], Decimal(units), charge.time, reason))
    return tuple(lines), tuple(parts), tuple(unrated)


def _subject_first(item: tuple[int, Subject]) -> tuple[str, str, str]:
    _, subject = item
    return (subject.account_id, subject.region, subject.cache_id or "")


def _line(charge: Charge, subject: Subject, total: _Sum) -> Line:
    period = total.period
    # By position, in the order of the fields: a month has tens of thousands of lines.
    return Line(
        charge.id,
        charge.phase,
        subject.account_id,
        subject.region,
        subject.cache_id or "",
        charge.creation_method,
        from_micro(total.quantity_micro),
        charge.unit,
        period.rate,
        period.per,
        period.rate_from,
        total.amount(total.quantity_micro),
        charge.free,
        total.estimated_micro > 0,
        from_micro(total.estimated_micro),
        period.from_s,
        period.until_s,
    )


def _parts(line: Line, total: _Sum) -> Iterator[Part]:
    """The line's parts, which sum to it exactly.

    Tag values share the amount by largest remainder, and so do the slices of a tag value; slices alone get the differences
    of the rounded running amount, so that a month up to any day costs what that part of the month would have cost.
    """
    tags = sorted({tag for tag, _ in total.parts}, key=lambda tag: (tag is None, tag or ""))
    quantities = [sum(total.parts[label][0] for label in total.parts if label[0] == tag) for tag in tags]
    shares = spread(line.amount, quantities, [str(index) for index in range(len(tags))])
    for tag, share in zip(tags, shares, strict=True):
        slices = sorted(index for of_tag, index in total.parts if of_tag == tag)
        found = [total.parts[tag, index] for index in slices]
        if len(tags) == 1:
            running = list(map(total.amount, accumulate(quantity for quantity, _ in found)))
            amounts = [
                later - earlier for earlier, later in zip([Decimal(0), *running], running, strict=False)
            ]
        else:
            amounts = spread(share, [quantity for quantity, _ in found], [f"{index:05}" for index in slices])
        for index, (quantity, estimated), amount in zip(slices, found, amounts, strict=True):
            yield Part(tag, index, from_micro(quantity), from_micro(estimated), amount)


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

    def __init__(self, tariff: Tariff, slices: Sequence[Slice], charges: Sequence[Charge]) -> None:
        self._tariff = tariff
        self._slices = slices
        self._charges = charges
        self._found: dict[tuple[int, str], list[Period]] = {}

    def periods(self, charge_index: int, region: str) -> list[Period]:
        """The rate period of each slice."""
        if (periods := self._found.get((charge_index, region))) is None:
            periods = self._found[charge_index, region] = self._periods(self._charges[charge_index], region)
        return periods

    def missing_value(self, charge: Charge, slice_index: int, from_s: int) -> str:
        """Which dated value a charge lacks in a slice, whose rate period begins at `from_s`."""
        values = self._slices[slice_index].values
        lacking = [name for name in sorted(charge.held.values()) if values[name] is None]
        return self._tariff.missing_value_reason(lacking[0], from_s)

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
        bounds = run[0].from_s, run[-1].until_s
        if charge.rate is None:
            return Period(*bounds, Decimal(0), charge.unit, None, 0, 1, None)
        found = self._tariff.rate(charge.rate, region, run[0].from_s)
        if found is None:
            reason = self._tariff.missing_reason(charge.rate, region, run[0].from_s)
            return Period(*bounds, Decimal(0), charge.unit, None, 0, 1, reason)
        price = found.price.per_unit(charge.unit) * AMOUNT_UNITS / MICRO
        return Period(
            *bounds,
            found.price.amount,
            found.price.per,
            found.from_label,
            price.numerator,
            price.denominator,
            None,
        )
