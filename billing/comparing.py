"""Why a month cost more or less than another: price, quantity and mix, and which caches; every split sums to the change exactly.

Charges are measured in different units, so each is split on its own and the parts are added up. Within a charge, with Q the
quantity of all regions and p each region's price per unit:

- quantity: (Q now − Q before) × the average price before;
- mix: what now's quantities would have cost at the prices before, beyond Q now × the average price before: more of it fell into
  dearer regions, or less;
- price: what is left: now's quantities at now's prices less the same at the prices before.

A region that had none before has the price that its tariff then said, else today's. What rounding each line to ten decimals adds
counts as quantity.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from billing.bill import Bill, Line, exact_sum
from rules.charges import CHARGES, charge
from rules.money import round_fraction
from rules.units import Price

CacheKey = tuple[str, str, str]
"""A cache's account, region and id."""


class ChargeChange(NamedTuple):
    """One charge in both months: `now` − `before` = `price` + `quantity` + `mix`, exactly."""

    charge: str
    before: Decimal
    now: Decimal
    price: Decimal
    quantity: Decimal
    mix: Decimal

    @property
    def change(self) -> Decimal:
        """Now less before."""
        return self.now - self.before


class ChargeUsage(NamedTuple):
    """A charge's usage in one month over all regions: its quantity, and what it cost before any rounding."""

    quantity: Fraction
    cost: Fraction


class CacheChange(NamedTuple):
    """One cache in both months; 0 where it cost nothing."""

    cache: CacheKey
    before: Decimal
    now: Decimal

    @property
    def change(self) -> Decimal:
        """Now less before."""
        return self.now - self.before


class Movement(NamedTuple):
    """How many caches moved the bill in one way, and by how much together."""

    caches: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two bills side by side.

    charges: those that either has, free ones left out. caches: those whose amounts differ, the largest change first.
    """

    before: Bill
    now: Bill
    charges: tuple[ChargeChange, ...]
    caches: tuple[CacheChange, ...]

    @property
    def change(self) -> Decimal:
        """Now's total less the total before."""
        return self.now.total - self.before.total

    @property
    def price(self) -> Decimal:
        """The part of the change that other prices made."""
        return exact_sum(found.price for found in self.charges)

    @property
    def quantity(self) -> Decimal:
        """The part of the change that more or less usage made."""
        return exact_sum(found.quantity for found in self.charges)

    @property
    def mix(self) -> Decimal:
        """The part of the change that usage in dearer or cheaper regions made."""
        return exact_sum(found.mix for found in self.charges)

    def usage(self) -> dict[str, tuple[ChargeUsage, ChargeUsage]]:
        """By charge, what it was used before and now: what its change was split by."""
        sides = [_by_charge(bill.lines) for bill in (self.before, self.now)]
        return {
            row.charge: (_in_all(sides[0].get(row.charge, [])), _in_all(sides[1].get(row.charge, [])))
            for row in self.charges
        }

    def of_kind(self, kind: str) -> tuple[CacheChange, ...]:
        """The caches of one of the `movements`, the largest change first."""
        return tuple(found for found in self.caches if _movement(found) == kind)

    @property
    def movements(self) -> dict[str, Movement]:
        """The caches that `came`, that `went`, and that cost `more` or `less` than before; together the change."""
        kinds: dict[str, list[Decimal]] = {"came": [], "went": [], "more": [], "less": []}
        for found in self.caches:
            kinds[_movement(found)].append(found.change)
        return {kind: Movement(len(changes), exact_sum(changes)) for kind, changes in kinds.items()}


def compare(before: Bill, now: Bill) -> Comparison:
    """What changed from one bill to the other."""
    mine, theirs = _by_charge(now.lines), _by_charge(before.lines)
    ids = [declared.id for declared in CHARGES if not declared.free and declared.id in mine | theirs]
    return Comparison(
        before,
        now,
        tuple(_charge_change(id, theirs.get(id, []), mine.get(id, []), before) for id in ids),
        _cache_changes(before.lines, now.lines),
    )


def _charge_change(id: str, before: list[Line], now: list[Line], old: Bill) -> ChargeChange:
    total_before, total_now = (exact_sum(line.amount for line in lines) for lines in (before, now))
    usage_before, usage_now = _by_region(before), _by_region(now)
    quantity_before, quantity_now = (
        sum((used.quantity for used in usage.values()), Fraction(0)) for usage in (usage_before, usage_now)
    )
    at_old_prices = at_new_prices = Fraction(0)
    for region, used in usage_now.items():
        at_new_prices += used.cost
        at_old_prices += used.quantity * _old_price(id, region, usage_before.get(region), used, old)
    mix = Fraction(0)
    if quantity_before:
        average = sum((used.cost for used in usage_before.values()), Fraction(0)) / quantity_before
        mix = at_old_prices - quantity_now * average if quantity_now else Fraction(0)
    price = at_new_prices - at_old_prices
    rounded_price, rounded_mix = (round_fraction(part) for part in (price, mix))
    quantity = exact_sum((total_now, -total_before, -rounded_price, -rounded_mix))
    return ChargeChange(id, total_before, total_now, rounded_price, quantity, rounded_mix)


class _Usage(NamedTuple):
    """A charge's usage in one region, exactly: before any rounding."""

    quantity: Fraction
    cost: Fraction


def _by_region(lines: Iterable[Line]) -> dict[str, _Usage]:
    quantities: dict[tuple[str, Decimal, str, str], list[Decimal]] = {}
    for line in lines:
        quantities.setdefault((line.region, line.rate, line.per, line.unit), []).append(line.quantity)
    found: dict[str, _Usage] = {}
    for (region, rate, per, unit), used in quantities.items():
        quantity = Fraction(exact_sum(used))
        cost = quantity * Price(rate, per).per_unit(unit)
        so_far = found.get(region, _Usage(Fraction(0), Fraction(0)))
        found[region] = _Usage(so_far.quantity + quantity, so_far.cost + cost)
    return found


def _in_all(lines: Iterable[Line]) -> ChargeUsage:
    """The usage of all regions together."""
    found = _by_region(lines).values()
    return ChargeUsage(
        sum((used.quantity for used in found), Fraction(0)), sum((used.cost for used in found), Fraction(0))
    )


def _old_price(id: str, region: str, before: _Usage | None, now: _Usage, old: Bill) -> Fraction:
    """What a unit cost before: on average over the month, else by the tariff at its end, else what it costs now."""
    if before is not None and before.quantity:
        return before.cost / before.quantity
    declared = charge(id)
    rate = None if declared.rate is None else old.tariff.rate(declared.rate, region, old.month.until_s - 1)
    if rate is not None:
        return rate.price.per_unit(declared.unit)
    return now.cost / now.quantity if now.quantity else Fraction(0)


def _by_charge(lines: Iterable[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.charge, []).append(line)
    return found


def _cache_changes(before: Iterable[Line], now: Iterable[Line]) -> tuple[CacheChange, ...]:
    amounts: dict[CacheKey, tuple[list[Decimal], list[Decimal]]] = {}
    for side, lines in enumerate((before, now)):
        for line in lines:
            key = (line.account_id, line.region, line.cache_id)
            amounts.setdefault(key, ([], []))[side].append(line.amount)
    changes = (CacheChange(key, exact_sum(old), exact_sum(new)) for key, (old, new) in amounts.items())
    return tuple(
        sorted(
            (found for found in changes if found.change),
            key=lambda found: (-abs(found.change), found.cache),
        )
    )


def _movement(found: CacheChange) -> str:
    if not found.before:
        return "came"
    if not found.now:
        return "went"
    return "more" if found.change > 0 else "less"
