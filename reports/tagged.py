"""The report of one value of a tag, or of what lacks the tag: shares of lines, which sum to the report of the whole month.

Statements, quotas, recommendations and what free creation saved are of accounts and of whole caches; a share has none of them,
and the report of the whole month shows them.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from billing.alerting.rules import Budget
from billing.bill import exact_sum
from billing.budgets import budget_states
from billing.grouping import group
from billing.pipeline import MeteredBill, TagFilter, make_metered_bill
from billing.recommending import Recommendations
from billing.store import Reader, Store
from billing.trend import earlier_bills, months_before
from reports.books import AccountSettlement, Settled
from reports.data import FreeCreations, Provenance, ReportData, assemble, beside_bills, named
from reports.explained import Explanations
from reports.records import cache_names, last_observed
from rules.money import Settlement, settle, spread_cents
from rules.period import Month, epoch_s
from rules.tariff import Tariff


def tag_shares(metered: MeteredBill) -> dict[str | None, Settled]:
    """What each value of the tag comes to, None for what lacks it, from a bill that was metered by that tag.

    The cents that an account pays are given back to its values, so that their payables sum to the whole month's.
    """
    amounts: dict[str, dict[str | None, list[Decimal]]] = {}
    for line, parts in zip(metered.bill.lines, metered.parts, strict=True):
        for part in parts:
            amounts.setdefault(line.account_id, {}).setdefault(part.tag, []).append(part.amount)
    rule = metered.bill.tariff.settlement(metered.bill.month.from_s)
    found: dict[str | None, list[AccountSettlement]] = {}
    for account_id, by_value in sorted(amounts.items()):
        values = sorted(by_value, key=_none_last)
        totals = [exact_sum(by_value[value]) for value in values]
        payable = settle(exact_sum(totals), rule).payable
        ids = [f"{rank:09}" for rank in range(len(values))]
        for value, total, cents in zip(values, totals, spread_cents(payable, totals, ids), strict=True):
            settlement = Settlement(rule, cents, cents - total)
            found.setdefault(value, []).append(AccountSettlement(account_id, total, settlement))
    return {value: Settled(rule, tuple(found[value])) for value in sorted(found, key=_none_last)}


def gather_share(
    store: Store,
    reader: Reader,
    month: Month,
    *,
    as_of: datetime,
    tariff: Tariff,
    tag: TagFilter,
    settled: Settled,
    budgets: Sequence[Budget] = (),
) -> ReportData:
    """Gather the report of one tag value, which `tag` filters by and which comes to `settled`; its budgets are that tag's."""
    until_s = min(month.until_s, epoch_s(as_of))
    metered = make_metered_bill(reader, month, as_of=as_of, tariff=tariff, tag_filter=tag, by_day=True)
    earlier = earlier_bills(reader, month, as_of=as_of, tariff=tariff, tag_filter=tag)
    beside = beside_bills(reader, metered.bill, earlier, None, tag)
    data = assemble(
        metered,
        account=None,
        previous=beside[month.previous()],
        year_ago=beside[months_before(month)[0]],
        earlier=earlier,
        recommendations=Recommendations(),
        by_day=group(metered, "day"),
        by_tag=(),
        further_tag_keys=(),
        cache_names={},
        free_creations=FreeCreations(0, ()),
        provenance=Provenance(
            files=len(store.batches()),
            rejected_rows=len(store.rejections()),
            last_observed=last_observed(reader, month, until_s=until_s, account=None),
        ),
    )
    ours = [
        each
        for each in budgets
        if each.tag == (tag.key, tag.value)
        and each.account is None
        and each.currency in (None, tariff.currency)
    ]
    states = budget_states(reader, ours, as_of=as_of, tariff=tariff, month=month)
    names = cache_names(reader, named(data))
    return replace(
        data, cache_names=names, settled=settled, tag=tag, budgets=tuple(states), explanations=Explanations()
    )


def _none_last(value: str | None) -> tuple[bool, str]:
    return value is None, value or ""
