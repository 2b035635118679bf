"""What a report shows, as values: the month's bill, its groups, the month before, where everything comes from.

Everything is gathered once, before any section is asked; a section picks what it needs. Amounts come from the bill and its
groups and are only added up here, exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from billing.alerting.firings import Firing, firings
from billing.alerting.rules import Budget
from billing.bill import Bill, Line, exact_sum
from billing.books import Statement
from billing.budgets import BudgetState, budget_states
from billing.comparing import Comparison, compare
from billing.days import bill_by_day
from billing.grouping import Group, group
from billing.pipeline import MeteredBill, TagFilter, collector_paused, created_manually, make_metered_bill
from billing.quotas.settings import QuotaSettings
from billing.recommending import Recommendations
from billing.store import Reader, Store
from billing.trend import MonthCost, earlier_bills, months_before, same_span, trend
from reports.books import Settled, month_statements, settled_lines, settled_statements
from reports.caches import MonthCaches, month_caches
from reports.explained import Explanations, explain_shown
from reports.quotas import MonthQuota, month_quotas
from reports.records import CacheRef, cache_names, last_observed, tag_keys
from rules.charges import CHARGES, charge
from rules.period import Month, epoch_s
from rules.tariff import DatedValue, Rate, Tariff

if TYPE_CHECKING:
    from billing.reconciling import Reconciliation, Tolerance

CACHES_NAMED = 20
"""Caches that a report names, the most expensive first; the rest is one line."""

TAG_KEYS_SHOWN = 4
"""Tag keys that a report groups by, the most used first: each is another pass over the month. The others are named."""


class TagGroups(NamedTuple):
    """The month by the values of one tag key."""

    key: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class FreeCreations:
    """What automatic creation saved.

    `created` caches were made for free in the month; `lines` is what all automatic caches would have cost in it had they been
    created manually: builds, and snapshots kept.
    """

    created: int
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        """The exact sum of the lines."""
        return exact_sum(line.amount for line in self.lines)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the records come from: the workspace's imported files and refused rows, and when the month's were last observed."""

    files: int
    rejected_rows: int
    last_observed: datetime | None


class UsedRate(NamedTuple):
    """A price that lines of the bill rest on, with the charges that it prices."""

    rate: Rate
    charges: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportData:
    """All values of one report.

    `previous` compares with the month before, `year_ago` with the same month a year ago, both up to the same point where
    the month is still running; None where nothing was recorded then. `trend` has the twelve months before, and the month itself.
    statements: those of the month where it is closed or corrects closed months; `settled` is then what they say.
    `account` is None for all accounts. `by_day` has every day of the month. `tag`: the one whose shares the report is of.
    """

    bill: Bill
    account: str | None
    settled: Settled
    previous: Comparison | None
    year_ago: Comparison | None
    trend: tuple[MonthCost, ...]
    recommendations: Recommendations
    by_cache: tuple[Group, ...]
    by_account: tuple[Group, ...]
    by_region: tuple[Group, ...]
    by_day: tuple[Group, ...]
    by_tag: tuple[TagGroups, ...]
    further_tag_keys: tuple[str, ...]
    cache_names: dict[CacheRef, str]
    free_creations: FreeCreations
    provenance: Provenance
    rates: tuple[UsedRate, ...]
    values: tuple[DatedValue, ...]
    statements: tuple[Statement, ...] = ()
    budgets: tuple[BudgetState, ...] = ()
    firings: tuple[Firing, ...] = ()
    quotas: tuple[MonthQuota, ...] = ()
    caches: MonthCaches = field(default_factory=MonthCaches)
    reconciliation: Reconciliation | None = None
    explanations: Explanations | None = None
    tag: TagFilter | None = None

    @property
    def closed(self) -> bool:
        """Whether the month is closed."""
        return any(each.status == "closed" for each in self.statements)

    @property
    def running(self) -> bool:
        """Whether the month is not over at the report's moment."""
        return epoch_s(self.bill.as_of) < self.bill.month.until_s


@collector_paused()
def gather(
    store: Store,
    reader: Reader,
    month: Month,
    *,
    as_of: datetime,
    tariff: Tariff,
    account: str | None,
    budgets: Sequence[Budget] = (),
    quota: QuotaSettings | None = None,
    bills: Sequence[str] = (),
    tolerance: Tolerance | None = None,
    explain: bool = False,
) -> ReportData:
    """Gather a month's report at a moment, for one account or for all; budgets of other accounts or currencies are left out.

    bills: files of the provider's bill, which is of all accounts; the month is reconciled with it. explain: also how its lines
    came about, which only the page shows.
    """
    with reader.sharing() as shared:
        data = _gather(
            store, shared, month, as_of=as_of, tariff=tariff, account=account, budgets=budgets, quota=quota
        )
        data = _with_the_books(data, store, shared, bills, tolerance)
        return _explained(data, store, shared) if explain else data


def _gather(
    store: Store,
    reader: Reader,
    month: Month,
    *,
    as_of: datetime,
    tariff: Tariff,
    account: str | None,
    budgets: Sequence[Budget],
    quota: QuotaSettings | None,
) -> ReportData:
    """The month's data but for what statements and the provider's bill say."""
    accounts = None if account is None else (account,)
    until_s = min(month.until_s, epoch_s(as_of))
    keys = tag_keys(reader, month, until_s=until_s, account=account)
    by_tags = _by_tags(reader, month, keys[:TAG_KEYS_SHOWN], as_of=as_of, tariff=tariff, accounts=accounts)
    metered = by_tags[0]
    would_be = created_manually(reader, month, as_of=as_of, tariff=tariff)
    ours = [each for each in budgets if _counts_here(each, account, tariff)]
    quotas = month_quotas(
        store, reader, month, until_s=until_s, accounts=accounts, settings=quota or QuotaSettings()
    )
    caches, recommended = month_caches(
        store, reader, metered, quotas, as_of=as_of, tariff=tariff, account=account
    )
    earlier = earlier_bills(reader, month, as_of=as_of, tariff=tariff, accounts=accounts)
    beside = beside_bills(reader, metered.bill, earlier, accounts)
    data = assemble(
        metered,
        account=account,
        previous=beside[month.previous()],
        year_ago=beside[months_before(month)[0]],
        earlier=earlier,
        recommendations=recommended,
        by_day=bill_by_day(reader, metered.bill, accounts),
        by_tag=tuple(
            TagGroups(key, group(found, f"tag:{key}")) for key, found in zip(keys, by_tags, strict=False)
        ),
        further_tag_keys=keys[TAG_KEYS_SHOWN:],
        cache_names={},
        free_creations=_free_creations(metered.bill, would_be, account),
        provenance=_provenance(store, last_observed(reader, month, until_s=until_s, account=account)),
        quotas=quotas,
    )
    fired = firings(store.alerts, month.from_s, until_s)
    return replace(
        data,
        cache_names=cache_names(reader, named(data)),
        caches=caches,
        budgets=tuple(budget_states(reader, ours, as_of=as_of, tariff=tariff, month=month)),
        firings=tuple(each for each in fired if account is None or each.subject.get("account_id") == account),
    )


def _with_the_books(
    data: ReportData, store: Store, reader: Reader, bills: Sequence[str], tolerance: Tolerance | None
) -> ReportData:
    """The data with what statements and the provider's bill say."""
    bill = data.bill
    statements = month_statements(store, reader, bill, None if data.account is None else (data.account,))
    if statements:
        data = replace(data, statements=statements, settled=settled_statements(statements))
    if not bills:
        return data
    from billing.reconciling import reconcile

    found = reconcile(reader, bill.month, bills, as_of=bill.as_of, tariff=bill.tariff, tolerance=tolerance)
    return replace(data, reconciliation=found)


def _explained(data: ReportData, store: Store, reader: Reader) -> ReportData:
    """The data with how the lines that are shown came about, and what closed months and corrections lead from."""
    found = explain_shown(
        store,
        reader,
        data.bill,
        largest(data.by_cache)[:CACHES_NAMED],
        months=[cost.month for cost in data.trend],
        statements=data.statements,
        account=data.account,
    )
    return replace(data, explanations=found)


def _counts_here(budget: Budget, account: str | None, tariff: Tariff) -> bool:
    """Whether a budget is of this account, and in the tariff's currency."""
    return account in (None, budget.account) and budget.currency in (None, tariff.currency)


def _provenance(store: Store, observed: datetime | None) -> Provenance:
    return Provenance(len(store.batches()), len(store.rejections()), observed)


def assemble(
    metered: MeteredBill,
    *,
    account: str | None,
    previous: Bill | None,
    year_ago: Bill | None,
    earlier: Mapping[Month, Bill],
    recommendations: Recommendations,
    by_day: tuple[Group, ...],
    by_tag: tuple[TagGroups, ...],
    further_tag_keys: tuple[str, ...],
    cache_names: dict[CacheRef, str],
    free_creations: FreeCreations,
    provenance: Provenance,
    quotas: tuple[MonthQuota, ...] = (),
) -> ReportData:
    """The report's data from bills that have been made already."""
    bill = metered.bill
    by_account = group(metered, "account")
    return ReportData(
        bill=bill,
        account=account,
        settled=settled_lines(bill, by_account),
        previous=None if previous is None else compare(previous, bill),
        year_ago=None if year_ago is None else compare(year_ago, bill),
        trend=trend(bill, earlier),
        recommendations=recommendations,
        by_cache=group(metered, "cache"),
        by_account=by_account,
        by_region=group(metered, "region"),
        by_day=by_day,
        by_tag=by_tag,
        further_tag_keys=further_tag_keys,
        cache_names=cache_names,
        free_creations=free_creations,
        provenance=provenance,
        rates=_used_rates(bill),
        values=_used_values(bill),
        quotas=quotas,
    )


def largest(groups: Iterable[Group]) -> list[Group]:
    """The groups by amount, the largest first; ties in the order of their keys."""
    return sorted(groups, key=lambda found: (-found.amount, [part or "" for part in found.key]))


def named(data: ReportData) -> list[CacheRef]:
    """The caches that the report names: the dearest, and those that changed most."""
    groups = largest(data.by_cache)[:CACHES_NAMED]
    moved = () if data.previous is None else data.previous.caches[:CACHES_NAMED]
    named = [CacheRef(*(part or "" for part in found.key)) for found in groups]
    return list(dict.fromkeys([*named, *(CacheRef(*found.cache) for found in moved)]))


def _by_tags(
    reader: Reader,
    month: Month,
    keys: Sequence[str],
    *,
    as_of: datetime,
    tariff: Tariff,
    accounts: Sequence[str] | None,
) -> list[MeteredBill]:
    """The month's bill by each of the tag keys, all of the same lines; one that is whole where there are no keys."""
    return [
        make_metered_bill(reader, month, as_of=as_of, tariff=tariff, accounts=accounts, by_tag=key)
        for key in keys or (None,)
    ]


def beside_bills(
    reader: Reader,
    bill: Bill,
    earlier: Mapping[Month, Bill],
    accounts: Sequence[str] | None,
    tag_filter: TagFilter | None = None,
) -> dict[Month, Bill | None]:
    """What the month before and the same month a year ago cost, up to the same point of it where the month is still running."""
    running = epoch_s(bill.as_of) < bill.month.until_s
    months = (bill.month.previous(), months_before(bill.month)[0])
    if not running:
        return {month: earlier.get(month) for month in months}
    return {
        month: same_span(
            reader,
            month,
            bill.month,
            as_of=bill.as_of,
            tariff=bill.tariff,
            accounts=accounts,
            tag_filter=tag_filter,
        )
        if month in earlier
        else None
        for month in months
    }


def _free_creations(bill: Bill, would_be: Iterable[Line], account: str | None) -> FreeCreations:
    """The lines that only stand in the bill where every cache was created manually: those of the automatic caches."""
    billed = {line.line_id for line in bill.lines}
    lines = tuple(
        line for line in would_be if account in (None, line.account_id) and line.line_id not in billed
    )
    return FreeCreations(sum(1 for line in bill.lines if line.free), lines)


def _used_rates(bill: Bill) -> tuple[UsedRate, ...]:
    """The prices of the bill's lines, in the order of the charges, then by region and date."""
    order = {declared.id: rank for rank, declared in enumerate(CHARGES)}
    charges: dict[Rate, set[str]] = {}
    for line in bill.lines:
        name = charge(line.charge).rate
        rate = None if name is None else bill.tariff.rate(name, line.region, line.period_from)
        if rate is not None:
            charges.setdefault(rate, set()).add(line.charge)
    used = [UsedRate(rate, tuple(sorted(ids, key=order.__getitem__))) for rate, ids in charges.items()]
    return tuple(
        sorted(used, key=lambda found: (order[found.charges[0]], found.rate.region, found.rate.from_s))
    )


def _used_values(bill: Bill) -> tuple[DatedValue, ...]:
    """The dated values that the bill's lines rest on, by name and date."""
    wanted = {(name, line.period_from) for line in bill.lines for name in charge(line.charge).held.values()}
    found = {bill.tariff.value(name, from_s) for name, from_s in wanted}
    return tuple(
        sorted((value for value in found if value is not None), key=lambda value: (value.name, value.from_s))
    )
