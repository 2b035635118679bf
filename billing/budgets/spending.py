"""What budgets have spent, and what they are expected to spend, from bills of the one pipeline.

Forecast = spent so far + what runs now, to the month's end + the usual rest. The rest is what the last four weeks cost beside
what is running now, day by day, as the mean of each weekday, for the days that are left; of today, the part that is left.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import NamedTuple

from billing.alerting.rules import Budget
from billing.bill import exact_sum
from billing.budgets.running_on import running_on
from billing.errors import BillingError
from billing.pipeline import MeteredBill, make_metered_bill
from billing.store import Reader
from billing.warehouse import sql_file
from rules.charges import charge
from rules.money import round_fraction
from rules.period import DAY_S, Month, epoch_s, instant
from rules.tariff import Tariff

WINDOW_DAYS = 28
"""How far back the usual rest is looked for: four of each weekday."""

LEAST_DAYS = 7
"""With fewer days of records there is no usual rest: one of each weekday is the least."""

RUNNING_END = "until_at"
"""What a charge's declared end is that goes on while its record exists."""


class BudgetError(BillingError):
    """A budget that can't be held against the tariff's amounts."""


class CacheRef(NamedTuple):
    """A cache's identity."""

    account_id: str
    region: str
    cache_id: str


class Spent(NamedTuple):
    """An amount of one cache, tag value and charge on one day; `day` is its label, empty where days weren't asked for."""

    cache: CacheRef
    tag: str | None
    charge: str
    day: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetState:
    """One budget in the month of the moment `at`; amounts are in `currency`, exact to ten decimals.

    actual: spent so far. running: what runs now and is kept now, from `at` to the month's end. usual: the usual rest, None with
    fewer than LEAST_DAYS days of records. forecast: all of them. remaining: what is left, negative beyond the budget;
    remaining_per_day: by the days that are left, None at the month's end. complete: every quantity has a price.
    """

    budget: Budget
    month: Month
    at: datetime
    currency: str
    actual: Decimal
    running: Decimal
    usual: Decimal | None
    complete: bool

    @property
    def forecast(self) -> Decimal:
        """What the month is expected to cost."""
        return exact_sum((self.actual, self.running, self.usual or Decimal(0)))

    @property
    def remaining(self) -> Decimal:
        """The budget minus what was spent."""
        return exact_sum((self.budget.monthly, -self.actual))

    @property
    def remaining_per_day(self) -> Decimal | None:
        """What is left for each day that is left, today's rest counting by its length; zero beyond the budget."""
        left_s = self.month.until_s - epoch_s(self.at)
        if left_s <= 0:
            return None
        whole = Fraction(max(Decimal(0), self.remaining)) * DAY_S / left_s
        return round_fraction(whole)


def budget_states(
    reader: Reader,
    budgets: Sequence[Budget],
    *,
    as_of: datetime,
    tariff: Tariff,
    month: Month | None = None,
    forecast: bool = True,
) -> list[BudgetState]:
    """Each budget in a month, by default that of `as_of`; one in another currency than the tariff's is a BudgetError.

    Without `forecast` nothing is expected beyond what was spent, which is much quicker.
    """
    for budget in budgets:
        if budget.currency not in (None, tariff.currency):
            raise BudgetError(
                f"it is in {budget.currency}, and the tariff {tariff.id} in {tariff.currency}",
                place=f"budget {budget.name!r}",
                hint=f"write it in {tariff.currency}, or set another tariff",
            )
    month = month or Month.containing(epoch_s(as_of))
    forecast = forecast and month.from_s <= epoch_s(as_of) < month.until_s
    by_key: dict[str | None, list[int]] = {}
    for index, budget in enumerate(budgets):
        by_key.setdefault(None if budget.tag is None else budget.tag[0], []).append(index)
    found: dict[int, BudgetState] = {}
    names, open_caches = _caches(reader, epoch_s(as_of)) if budgets else ({}, frozenset())
    for key, indexes in by_key.items():
        amounts = _Amounts(reader, month, as_of, tariff, key, open_caches, forecast=forecast)
        for index in indexes:
            found[index] = amounts.state(budgets[index], names)
    return [found[index] for index in range(len(budgets))]


class _Amounts:
    """The amounts that budgets of one tag key are made of."""

    def __init__(
        self,
        reader: Reader,
        month: Month,
        as_of: datetime,
        tariff: Tariff,
        key: str | None,
        open_caches: frozenset[CacheRef],
        *,
        forecast: bool,
    ) -> None:
        self.month, self.as_of, self.tariff = month, as_of, tariff
        self._key = key
        self._bill = self._metered(reader, self.month, as_of)
        self.actual = list(_spent(self._bill))
        self.ahead: list[Spent] = self.actual
        self.past: list[Spent] = []
        self.past_running: list[Spent] = []
        self.days: list[str] = []
        if forecast:
            at_s = epoch_s(as_of)
            ahead = self._metered(running_on(reader, at_s), self.month, instant(self.month.until_s))
            self.ahead = list(_spent(ahead))
            self._look_back(reader, at_s, open_caches)

    def _metered(self, reader: Reader, month: Month, as_of: datetime, *, by_day: bool = False) -> MeteredBill:
        return make_metered_bill(
            reader, month, as_of=as_of, tariff=self.tariff, by_tag=self._key, by_day=by_day
        )

    def _look_back(self, reader: Reader, at_s: int, open_caches: frozenset[CacheRef]) -> None:
        """The whole days before today that have records: all amounts, and those of what is running now."""
        today_s = _day_begin_s(at_s)
        first_s = today_s - WINDOW_DAYS * DAY_S
        months = [Month.containing(first_s)]
        while months[-1].until_s < today_s:
            months.append(months[-1].next())
        wanted = {day.label for month in months for day in month.days() if first_s <= day.from_s < today_s}
        only_open = running_on(reader, at_s, only_open=True)
        for month in months:
            every = _spent(self._metered(reader, month, self.as_of, by_day=True))
            self.past += (each for each in every if each.day in wanted)
            running = _spent(self._metered(only_open, month, self.as_of, by_day=True))
            self.past_running += (
                each for each in running if each.day in wanted and _runs_on(each, open_caches)
            )
        first = min((each.day for each in self.past if each.amount), default=None)
        self.days = sorted(label for label in wanted if first is not None and label >= first)

    def state(self, budget: Budget, names: Mapping[CacheRef, str]) -> BudgetState:
        """One budget's state."""

        def total(amounts: Iterable[Spent]) -> Decimal:
            return exact_sum(each.amount for each in amounts if _belongs(each, budget, names))

        actual = total(self.actual)
        return BudgetState(
            budget=budget,
            month=self.month,
            at=self.as_of,
            currency=self.tariff.currency,
            actual=actual,
            running=exact_sum((total(self.ahead), -actual)),
            usual=self._usual(budget, names),
            complete=self._bill.bill.complete,
        )

    def _usual(self, budget: Budget, names: Mapping[CacheRef, str]) -> Decimal | None:
        """The usual rest of the month, None where there is too little to say what is usual."""
        if len(self.days) < LEAST_DAYS:
            return None
        by_day: dict[str, Fraction] = dict.fromkeys(self.days, Fraction(0))
        for sign, amounts in ((1, self.past), (-1, self.past_running)):
            for each in amounts:
                if each.day in by_day and _belongs(each, budget, names):
                    by_day[each.day] += sign * Fraction(each.amount)
        means = _weekday_means(by_day)
        at_s = epoch_s(self.as_of)
        left = sum(
            (
                means[_weekday(day.label)] * min(DAY_S, day.until_s - at_s) / DAY_S
                for day in self.month.days()
                if day.until_s > at_s
            ),
            Fraction(0),
        )
        return round_fraction(left)


def _weekday_means(by_day: Mapping[str, Fraction]) -> list[Fraction]:
    """Of each weekday the mean amount, never negative."""
    found: list[list[Fraction]] = [[] for _ in range(7)]
    for label, amount in by_day.items():
        found[_weekday(label)].append(amount)
    return [max(Fraction(0), sum(amounts, Fraction(0)) / max(1, len(amounts))) for amounts in found]


def _weekday(label: str) -> int:
    return date.fromisoformat(label).weekday()


def _day_begin_s(at_s: int) -> int:
    """The begin of the billing zone's day that an instant lies in."""
    days = Month.containing(at_s).days()
    return max(day.from_s for day in days if day.from_s <= at_s)


def _spent(metered: MeteredBill) -> Iterable[Spent]:
    """The parts of a bill's lines, with the days that their slices lie in."""
    day_of = metered.day_of_slice
    lines = metered.bill.lines
    for index, line in enumerate(lines):
        cache = CacheRef(line.account_id, line.region, line.cache_id)
        if not metered.parts:
            yield Spent(cache, None, line.charge, "", line.amount)
            continue
        for part in metered.parts[index]:
            yield Spent(cache, part.tag, line.charge, day_of.get(part.slice, ""), part.amount)


def _runs_on(each: Spent, open_caches: frozenset[CacheRef]) -> bool:
    """Whether an amount is of something that still goes on; instances have been picked already."""
    declared = charge(each.charge)
    return declared.end == RUNNING_END and (declared.record == "instance" or each.cache in open_caches)


def _belongs(each: Spent, budget: Budget, names: Mapping[CacheRef, str]) -> bool:
    """Whether a budget counts an amount."""
    if budget.account not in (None, each.cache.account_id) or budget.region not in (None, each.cache.region):
        return False
    if budget.tag is not None and each.tag != budget.tag[1]:
        return False
    called = (each.cache.cache_id, names.get(each.cache, ""))
    return budget.cache is None or any(fnmatchcase(name, budget.cache) for name in called)


def _caches(reader: Reader, at_s: int) -> tuple[dict[CacheRef, str], frozenset[CacheRef]]:
    """The names of caches that have one, and the caches that exist at an instant."""
    with reader.connection() as connection:
        rows = connection.execute(sql_file("billing.budgets", "open_caches"), {"at_s": at_s}).fetchall()
    names = {CacheRef(*row[:3]): str(row[3]) for row in rows if row[3] is not None}
    return names, frozenset(CacheRef(*row[:3]) for row in rows if row[4])
