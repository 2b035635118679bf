"""All that is found about a month's caches, from its bill on."""

from dataclasses import dataclass
from datetime import datetime

from billing.findings.costs import Cost, costs
from billing.findings.savings import Saving, savings
from billing.grouping import group
from billing.lives import cache_lives
from billing.pipeline import make_metered_bill
from billing.recommending import replay_of
from billing.store import Reader, Store
from rules.period import Month, epoch_s
from rules.tariff import Tariff


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found; replayed: whether the month could be replayed, so that savings can be among it."""

    currency: str
    costs: tuple[Cost, ...]
    savings: tuple[Saving, ...]
    replayed: bool


def month_findings(
    store: Store, reader: Reader, month: Month, *, as_of: datetime, tariff: Tariff, account: str | None
) -> Findings:
    """The findings of a month at a moment, of one account or of all."""
    accounts = None if account is None else (account,)
    metered = make_metered_bill(reader, month, as_of=as_of, tariff=tariff, accounts=accounts)
    until_s = min(month.until_s, epoch_s(as_of))
    lives = cache_lives(
        reader,
        month,
        until_s=until_s,
        account=account,
        tariff=tariff,
        groups=group(metered, "cache"),
    )
    with replay_of(store, reader, metered.bill, as_of=as_of, tariff=tariff, account=account) as replay:
        saved = () if replay is None else savings(replay, lives, account)
        return Findings(tariff.currency, costs(lives, metered.bill.lines, tariff), saved, replay is not None)
