"""Why one month costs more than another: price, number, time, size, mix and corrections, charge by charge.

For each charge Q is its quantity, N how many caches or instances it was metered on, T the units of time in all. With the first
month's average price p the difference comes apart into steps that follow one another, each at the numbers reached so far:

    number   (N2 - N1) x T1/N1 x Q1/T1 x p        more instances, or more caches
    time      N2 x (T2/N2 - T1/N1) x Q1/T1 x p    longer runs
    size      T2 x (Q2/T2 - Q1/T1) x p            bigger caches
    mix       the same quantity in other regions, at the first month's prices there
    price     the second month's quantity at its own prices instead

All in fractions, at exact prices: what rounding makes of the lines is a part of its own. The parts are rounded so that they
sum to the difference of the totals exactly.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from typing import Any

from billing.bill import Line, exact_difference, exact_sum
from billing.books import statements
from billing.errors import UsageError
from billing.explaining.source import MonthSource, Sources
from billing.metering import make_slices, meter
from billing.pipeline import collector_paused
from billing.rating import rate
from billing.store import Store
from rules.charges import CHARGES, Charge
from rules.money import plain, round_fraction
from rules.period import Month, epoch_s
from rules.tariff import Tariff


@dataclass(frozen=True, slots=True)
class Part:
    """One reason: its kind, the charge that it concerns (None: corrections), and what it adds."""

    kind: str
    charge: str | None
    amount: Decimal
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """The reason as plain values."""
        return {
            "kind": self.kind,
            "charge": self.charge,
            "amount": plain(self.amount),
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference of two months' totals with its reasons, which sum to it exactly."""

    months: tuple[Month, Month]
    currency: str
    totals: tuple[Decimal, Decimal]
    parts: tuple[Part, ...]

    @property
    def difference(self) -> Decimal:
        """The exact sum of the parts."""
        return exact_sum(part.amount for part in self.parts)

    def to_json(self) -> dict[str, Any]:
        """The difference as plain values."""
        return {
            "months": [month.label for month in self.months],
            "currency": self.currency,
            "totals": [plain(total) for total in self.totals],
            "difference": plain(self.difference),
            "parts": [part.to_json() for part in self.parts],
        }


@dataclass(slots=True)
class _Metered:
    """What a charge came to: on how many records, for how many units of time, and quantity and exact amount by region.

    rounding: what the lines' rounding adds to the exact amounts.
    """

    records: int = 0
    units: int = 0
    quantity: dict[str, Fraction] = field(default_factory=dict)
    amount: dict[str, Fraction] = field(default_factory=dict)
    rounding: Fraction = Fraction(0)

    @property
    def quantity_in_all(self) -> Fraction:
        """The quantity over all regions."""
        return sum(self.quantity.values(), Fraction(0))

    @property
    def amount_in_all(self) -> Fraction:
        """The amount over all regions."""
        return sum(self.amount.values(), Fraction(0))


def explain_difference(
    store: Store, before: Month, after: Month, *, as_of: datetime, tariff: Callable[[], Tariff]
) -> Difference:
    """Why `after` costs more, or less, than `before`, all statements and their corrections taken together."""
    stated = [statements(store, month, as_of=as_of, tariff=tariff) for month in (before, after)]
    currencies = {each.document["currency"] for found in stated for each in found}
    if len(currencies) > 1:
        raise UsageError(
            f"{before.label} and {after.label} are in {' and '.join(sorted(currencies))}",
            hint="compare months in one currency",
        )
    totals = [exact_sum(each.total for each in found) for found in stated]
    corrections = [
        exact_sum(Decimal(each["amount"]) for one in found for each in one.document["corrections"])
        for found in stated
    ]
    with store.reader() as reader:
        sources = Sources(store, reader, as_of=as_of, tariff=tariff)
        first, second = (_metered(sources.of(month)) for month in (before, after))
    reasons = [
        reason
        for charge in CHARGES
        if charge.id in first or charge.id in second
        for reason in _reasons(charge, first.get(charge.id, _Metered()), second.get(charge.id, _Metered()))
    ]
    rounding = [sum((each.rounding for each in month.values()), Fraction(0)) for month in (first, second)]
    reasons.append(("rounding", None, rounding[1] - rounding[0], "each line is rounded at the tenth decimal"))
    reasons.append(
        (
            "corrections",
            None,
            Fraction(corrections[1]) - Fraction(corrections[0]),
            "corrections of closed months",
        )
    )
    parts = _rounded(reasons)
    found = Difference((before, after), next(iter(currencies), ""), (totals[0], totals[1]), parts)
    assert exact_sum((totals[0], found.difference)) == totals[1], "the reasons don't sum to the difference"
    return found


Reason = tuple[str, str | None, Fraction, str]


def _reasons(charge: Charge, first: _Metered, second: _Metered) -> Iterator[Reason]:
    """The reasons of one charge, in the order of the steps; their amounts sum to the charge's difference."""
    things = "instances" if charge.record == "instance" else "caches"
    q1, q2 = first.quantity_in_all, second.quantity_in_all
    if q1 == 0 or q2 == 0:
        kind = "new" if q1 == 0 else "gone"
        yield (
            kind,
            charge.id,
            second.amount_in_all - first.amount_in_all,
            f"only one of the months has it, on {max(first.records, second.records)} {things}",
        )
        return
    n1, n2, t1, t2 = first.records, second.records, first.units, second.units
    price = first.amount_in_all / q1
    time1, time2, size1, size2 = Fraction(t1, n1), Fraction(t2, n2), q1 / t1, q2 / t2
    yield (
        f"more_{things}" if n2 >= n1 else f"fewer_{things}",
        charge.id,
        (n2 - n1) * time1 * size1 * price,
        f"{n2} {things}, not {n1}",
    )
    if charge.time != "event":
        kind = "longer" if time2 >= time1 else "shorter"
        yield (
            kind,
            charge.id,
            n2 * (time2 - time1) * size1 * price,
            f"{_short(time2)} {_counted(charge)} each, not {_short(time1)}",
        )
    kind = "bigger" if size2 >= size1 else "smaller"
    yield (
        kind,
        charge.id,
        t2 * (size2 - size1) * price,
        f"{_short(size2)} held on the average, not {_short(size1)}",
    )
    prices = {region: first.amount[region] / quantity for region, quantity in first.quantity.items()}
    at_old_prices = sum(
        (
            quantity * prices.get(region, second.amount[region] / quantity)
            for region, quantity in second.quantity.items()
        ),
        Fraction(0),
    )
    yield "mix", charge.id, at_old_prices - q2 * price, "used in regions with other prices"
    yield "price", charge.id, second.amount_in_all - at_old_prices, "other prices than in the first month"


def _rounded(reasons: Sequence[Reason]) -> tuple[Part, ...]:
    """The reasons with amounts of ten decimals: differences of the rounded running sum, so that nothing is lost."""
    sums = accumulate((reason[2] for reason in reasons), initial=Fraction(0))
    running = [round_fraction(amount) for amount in sums]
    return tuple(
        Part(kind, charge, exact_difference(later, earlier), sentence)
        for (kind, charge, _, sentence), earlier, later in zip(reasons, running, running[1:], strict=False)
    )


def _metered(source: MonthSource) -> Mapping[str, _Metered]:
    """What each charge came to in a month: records, time and quantity from the meter, amounts from rating."""
    month, tariff = source.month, source.tariff
    slices = make_slices(tariff, month.from_s, source.until_s)
    with source.reader.between(month.from_s, source.until_s) as connection, collector_paused():
        metering = meter(connection, slices, as_of_s=epoch_s(source.as_of))
        rated = rate(metering, tariff)
    found: dict[str, _Metered] = {}
    for line in rated.lines:
        each = found.setdefault(line.charge, _Metered())
        each.quantity[line.region] = each.quantity.get(line.region, Fraction(0)) + Fraction(line.quantity)
        exact = _exact(line, tariff)
        each.amount[line.region] = each.amount.get(line.region, Fraction(0)) + exact
        each.rounding += Fraction(line.amount) - exact
    on: dict[str, set[tuple[int, int | None]]] = {}
    priced = {(line.charge, line.account_id, line.region, line.cache_id) for line in rated.lines}
    for quantity in metering.quantities:
        charge = CHARGES[quantity.charge]
        subject = metering.subjects[quantity.cache_key]
        where = (charge.id, subject.account_id, subject.region, subject.cache_id or "")
        if quantity.held_micro and where in priced:
            found[charge.id].units += quantity.units
            on.setdefault(charge.id, set()).add((quantity.cache_key, quantity.extra_ephemeral_micro))
    for charge in CHARGES:
        if charge.id in found:
            keys = on.get(charge.id, set())
            if charge.record == "cache":
                found[charge.id].records = len(keys)
            else:
                found[charge.id].records = sum(
                    usage.records - usage.empty_records
                    for usage in metering.usage
                    if not usage.estimated and (usage.cache_key, usage.extra_ephemeral_micro) in keys
                )
    return found


def _exact(line: Line, tariff: Tariff) -> Fraction:
    """A line's amount before it was rounded."""
    charge = next(charge for charge in CHARGES if charge.id == line.charge)
    found = None if charge.rate is None else tariff.rate(charge.rate, line.region, line.period_from)
    return Fraction(0) if found is None else Fraction(line.quantity) * found.price.per_unit(charge.unit)


def _counted(charge: Charge) -> str:
    return "seconds" if charge.time == "second" else "hours"


def _short(value: Fraction) -> str:
    """A number for a sentence: two decimals at most."""
    hundredths = round(value * 100)
    return plain(Decimal(hundredths).scaleb(-2))
