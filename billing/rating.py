"""Rating: quantities times the dated prices of a tariff, the one place where money comes from.

The steps, in this order: add up what is held times the units of each rate period (integers), divide once, round half up at the
tenth decimal, and name what has no price. A rate period is the part of the month in which a charge's rate and the dated
values that it refers to stay the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple

from billing.bill import Line, Unrated
from billing.metering import Metering, Slice, Subject
from rules.charges import CHARGES, Charge
from rules.money import AMOUNT_PLACES, AMOUNT_UNITS, half_up, scaled, spread, unscaled
from rules.tariff import Tariff
from rules.units import MICRO, from_micro


class Period(NamedTuple):
    """A charge's rate period in one region, as [from_s, until_s).

    `numerator / denominator` is the price of a millionth of the charge's unit, counted in the tenth decimal of the currency.
    A free charge has the rate 0 and no `rate_from`. Where the tariff lacks a price, `reason` says so. `slice` is its first one.
    """

    slice: int
    from_s: int
    until_s: int
    rate: Decimal
    per: str
    rate_from: str | None
    numerator: int
    denominator: int
    reason: str | None

    def amount(self, quantity_micro: int) -> Decimal:
        """What a quantity in millionths of the unit costs, rounded."""
        return scaled(self.amount_units(quantity_micro), AMOUNT_PLACES)

    def amount_units(self, quantity_micro: int) -> int:
        """The same, counted in the tenth decimal."""
        return half_up(quantity_micro * self.numerator, self.denominator)


class Split(NamedTuple):
    """How lines come apart into parts: by the value of the tag that was metered, by slice, or by both."""

    by_tag: bool = False
    by_slice: bool = False


WHOLE = Split()
"""Lines stay whole."""

NOTHING = (0, 0)
"""Quantity and estimated part of what nothing was added to yet."""


class Part(NamedTuple):
    """The share of a line of one tag value (None: no such tag, or not asked for) and slice (0: not asked for).

    Quantities are counted in millionths of the unit, the amount in its tenth decimal: a month by day has hundreds of
    thousands of parts, of which most are only added up.
    """

    tag: str | None
    slice: int
    quantity_micro: int
    estimated_micro: int
    amount_units: int

    @property
    def amount(self) -> Decimal:
        """The amount as a number."""
        return scaled(self.amount_units, AMOUNT_PLACES)


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
    of_key = {key: (rank, rates.of_region(subject.region)) for rank, (key, subject) in enumerate(subjects)}
    sums = _Sums({}, {}, {})
    missing: dict[tuple[int, int, str], int] = {}
    charged: set[Place] = set()
    unrated_at: set[Place] = set()
    by_tag, by_slice = split
    quantities, estimates, parts = sums
    slices, kinds = len(metering.slices), len(charges)
    # Unpacked at once, and added up by one number: a month has tens of thousands of quantities.
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
        rank, periods = of_key[key]
        period = periods[charge_index][slice_index]
        charge = charges[charge_index]
        if held is None or period.reason is not None:
            unrated_at.add((charge.record, key, extra, slice_index))
        elif charge.rate is not None:
            charged.add((charge.record, key, extra, slice_index))
        if held is None:
            lacking = (charge_index, rank, rates.missing_value(charge, slice_index, period.from_s))
            missing[lacking] = missing.get(lacking, 0) + units
            continue
        place = (rank * kinds + charge_index) * slices + period.slice
        quantity = held * units
        quantities[place] = quantities.get(place, 0) + quantity
        estimated = quantity if held_estimated else held * open_units
        if estimated:
            estimates[place] = estimates.get(place, 0) + estimated
        if by_tag or by_slice:
            label = (tag if by_tag else None, slice_index if by_slice else 0)
            of_place = parts.setdefault(place, {})
            so_far = of_place.get(label, NOTHING)
            of_place[label] = (so_far[0] + quantity, so_far[1] + estimated)
    named = [(subject, rates.of_region(subject.region)) for _, subject in subjects]
    return Rated(*_lines(named, charges, slices, sums, missing), frozenset(charged), frozenset(unrated_at))


class _Sums(NamedTuple):
    """What was used in each rate period, in millionths of the charge's unit, and the part of it that is estimated.

    A place is (rank of the subject x charges + charge) x slices + first slice of the period: places sort as lines do. `parts`
    has quantity and estimated part of each tag value and slice of a place, where lines are split.
    """

    quantities: dict[int, int]
    estimates: dict[int, int]
    parts: dict[int, dict[tuple[str | None, int], tuple[int, int]]]


def _lines(
    subjects: Sequence[tuple[Subject, "_RegionRates"]],
    charges: Sequence[Charge],
    slices: int,
    sums: _Sums,
    missing: dict[tuple[int, int, str], int],
) -> tuple[tuple[Line, ...], tuple[tuple[Part, ...], ...], tuple[Unrated, ...]]:
    """Lines, their parts and unrated quantities."""
    lines: list[Line] = []
    parts: list[tuple[Part, ...]] = []
    unrated: list[Unrated] = []
    for place in sorted(sums.quantities):
        rank_and_charge, slice_index = divmod(place, slices)
        rank, charge_index = divmod(rank_and_charge, len(charges))
        subject, periods = subjects[rank]
        charge, period = charges[charge_index], periods[charge_index][slice_index]
        quantity_micro = sums.quantities[place]
        if period.reason is not None:
            quantity = from_micro(quantity_micro)
            unrated.append(_unrated(charge, subject, quantity, charge.unit, period.reason))
            continue
        line = _line(charge, subject, period, quantity_micro, sums.estimates.get(place, 0))
        lines.append(line)
        if sums.parts:
            parts.append(tuple(_parts(line, period, sums.parts[place])))
    for lacking in sorted(missing):
        charge_index, rank, reason = lacking
        charge, units = charges[charge_index], missing[lacking]
        unrated.append(_unrated(charge, subjects[rank][0], Decimal(units), charge.time, reason))
    return tuple(lines), tuple(parts), tuple(unrated)


def _subject_first(item: tuple[int, Subject]) -> tuple[str, str, str]:
    _, subject = item
    return (subject.account_id, subject.region, subject.cache_id or "")


def _line(
    charge: Charge, subject: Subject, period: Period, quantity_micro: int, estimated_micro: int
) -> Line:
    # By position, in the order of the fields: a month has tens of thousands of lines.
    return Line(
        charge.id,
        charge.phase,
        subject.account_id,
        subject.region,
        subject.cache_id or "",
        charge.creation_method,
        from_micro(quantity_micro),
        charge.unit,
        period.rate,
        period.per,
        period.rate_from,
        period.amount(quantity_micro),
        charge.free,
        estimated_micro > 0,
        from_micro(estimated_micro),
        period.from_s,
        period.until_s,
    )


def _parts(
    line: Line, period: Period, labelled: Mapping[tuple[str | None, int], tuple[int, int]]
) -> Iterator[Part]:
    """The line's parts, which sum to it exactly.

    Tag values share the amount by largest remainder, and so do the slices of a tag value; slices alone get the differences
    of the rounded running amount, so that a month up to any day costs what that part of the month would have cost.
    """
    tags = sorted({tag for tag, _ in labelled}, key=lambda tag: (tag is None, tag or ""))
    if len(tags) == 1:
        running = earlier = 0
        for label in sorted(labelled, key=itemgetter(1)):
            quantity, estimated = labelled[label]
            running += quantity
            later = period.amount_units(running)
            yield Part(*label, quantity, estimated, later - earlier)
            earlier = later
        return
    quantities = [sum(labelled[label][0] for label in labelled if label[0] == tag) for tag in tags]
    shares = spread(line.amount, quantities, [str(index) for index in range(len(tags))])
    for tag, share in zip(tags, shares, strict=True):
        slices = sorted(index for of_tag, index in labelled if of_tag == tag)
        found = [labelled[tag, index] for index in slices]
        amounts = spread(share, [quantity for quantity, _ in found], [f"{index:05}" for index in slices])
        for index, (quantity, estimated), amount in zip(slices, found, amounts, strict=True):
            yield Part(tag, index, quantity, estimated, unscaled(amount, AMOUNT_PLACES))


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


def slice_periods(
    tariff: Tariff, slices: Sequence[Slice], region: str, charges: Sequence[Charge] = CHARGES
) -> Iterator[tuple[int, int, Period]]:
    """The rate period of every charge and slice in a region: the charge's index, the slice, the period."""
    rates = _Rates(tariff, slices, charges).of_region(region)
    for charge_index in range(len(charges)):
        for index, period in enumerate(rates[charge_index]):
            yield charge_index, index, period


class _RegionRates(dict[int, list[Period]]):
    """The rate period of each slice, by the index of a charge, in one region; made when first asked for."""

    def __init__(self, rates: "_Rates", region: str) -> None:
        self._rates = rates
        self._region = region

    def __missing__(self, charge_index: int) -> list[Period]:
        periods = self[charge_index] = self._rates.periods(charge_index, self._region)
        return periods


class _Rates:
    """Finds the rate period of a charge, region and slice; each is looked up in the tariff once."""

    def __init__(self, tariff: Tariff, slices: Sequence[Slice], charges: Sequence[Charge]) -> None:
        self._tariff = tariff
        self._slices = slices
        self._charges = charges
        self._regions: dict[str, _RegionRates] = {}

    def of_region(self, region: str) -> _RegionRates:
        """The rate periods of a region."""
        if (found := self._regions.get(region)) is None:
            found = self._regions[region] = _RegionRates(self, region)
        return found

    def missing_value(self, charge: Charge, slice_index: int, from_s: int) -> str:
        """Which dated value a charge lacks in a slice, whose rate period begins at `from_s`."""
        values = self._slices[slice_index].values
        lacking = [name for name in sorted(charge.held.values()) if values[name] is None]
        return self._tariff.missing_value_reason(lacking[0], from_s)

    def periods(self, charge_index: int, region: str) -> list[Period]:
        """The rate period of each slice; neighbours with the same rate and dated values are one period."""
        charge = self._charges[charge_index]
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
        bounds = run[0].index, run[0].from_s, run[-1].until_s
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
