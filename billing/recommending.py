"""What could be done about a month's cost: a few choices, each replayed on the recorded month.

What its replay doesn't confirm is left out.
A saving is what the replay says less, not a rule of thumb. Savings don't add up, so those that can be had at once are replayed
together, too.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from billing.bill import Bill, exact_sum
from billing.replaying import Choices, Replay, Replayed, Selection, observed_limits, open_replay
from billing.store import Reader, Store
from rules.tariff import Tariff

Kind = Literal["automatic", "retention", "instant", "together", "caches"]
"""What is chosen otherwise; `caches`: something for single ones only."""

RETENTIONS_DAYS = (30, 14, 7, 3)
"""Retentions that are tried; of equal ones the longest is kept."""

MOST_INSTANCES = 500_000
"""Months of more instances aren't replayed for a report: each replay looks at every start, and takes longer than the bill."""


class Recommendation(NamedTuple):
    """One choice as its replay of the month priced it.

    saving: what the bill would be less, > 0. misses: starts that pull and did not before; pull_amount: what they cost
    meanwhile, never more than the saving, None where they have no price. caches: how many become cheaper. settings: as
    `imcost replay --set` takes them.
    """

    kind: Kind
    settings: tuple[tuple[str, str], ...]
    saving: Decimal
    misses: int
    pull_amount: Decimal | None
    caches: int
    assumptions: int

    @property
    def net(self) -> Decimal:
        """The saving less what the additional pulls cost."""
        return exact_sum((self.saving, -(self.pull_amount or Decimal(0))))

    def command(self, month: str, account: str | None) -> str:
        """The command that shows the same saving, without the account, which may need quoting."""
        chosen = " ".join(f"--set {key}={value}" for key, value in self.settings)
        return f"imcost replay {month} {chosen}" + ("" if account is None else " --account")


@dataclass(frozen=True, slots=True)
class Recommendations:
    """What the replays confirm, the largest net saving first.

    together: retention and instant in one replay, where both are among them. too_large: the month has too many instances to
    be replayed, so nothing was tried.
    """

    each: tuple[Recommendation, ...] = ()
    together: Recommendation | None = None
    too_large: bool = False


def recommend(
    store: Store, reader: Reader, bill: Bill, *, as_of: datetime, tariff: Tariff, account: str | None
) -> Recommendations:
    """Replay the month of a bill under each choice; nothing is recommended where the bill has no lines or is incomplete."""
    with replay_of(store, reader, bill, as_of=as_of, tariff=tariff, account=account) as replay:
        return recommendations(replay, bill, account)


@contextmanager
def replay_of(
    store: Store, reader: Reader, bill: Bill, *, as_of: datetime, tariff: Tariff, account: str | None
) -> Iterator[Replay | None]:
    """The month of the bill of `account` (None: of all), ready to be replayed; None where empty, incomplete or too large."""
    if not bill.total or not bill.complete or too_large(bill):
        yield None
        return
    limits = observed_limits(store.quota_observations(), as_of)
    whole = bill if account is None else None
    with open_replay(reader, bill.month, as_of=as_of, tariff=tariff, limits=limits, bill=whole) as replay:
        yield replay


def too_large(bill: Bill) -> bool:
    """Whether the month has too many instances to be replayed for a report."""
    return sum(bill.records.instances.values()) > MOST_INSTANCES


def recommendations(replay: Replay | None, bill: Bill, account: str | None) -> Recommendations:
    """What replays of the bill's month confirm."""
    if replay is None:
        return Recommendations(too_large=bool(bill.total) and bill.complete and too_large(bill))
    selection = Selection(accounts=() if account is None else (account,))
    retention = _best(
        tried(replay, selection, "retention", Choices(retention_days=days)) for days in RETENTIONS_DAYS
    )
    instant = tried(replay, selection, "instant", Choices(instant=False))
    automatic = tried(replay, selection, "automatic", Choices(creation_method="automatic"))
    together = None
    if retention is not None and instant is not None:
        days = int(dict(retention.settings)["retention_days"])
        together = tried(replay, selection, "together", Choices(retention_days=days, instant=False))
    confirmed = [found for found in (automatic, retention, instant) if found is not None]
    return Recommendations(tuple(sorted(confirmed, key=lambda found: -found.net)), together)


def tried(replay: Replay, selection: Selection, kind: Kind, choices: Choices) -> Recommendation | None:
    """The choice as a recommendation, None where its replay saves nothing, or has something without a price."""
    replayed: Replayed = replay.under(choices, selection)
    saving = -replayed.difference
    found = Recommendation(
        kind=kind,
        settings=tuple((key, _text(value)) for key, value in choices.settings().items()),
        saving=saving,
        misses=replayed.behaviour.misses,
        pull_amount=replayed.extra_pull_amount,
        caches=sum(1 for cache in replayed.caches if cache.difference < 0),
        assumptions=len(replayed.assumptions),
    )
    return found if saving > 0 and found.net > 0 and replayed.complete else None


def _best(tried: Iterable[Recommendation | None]) -> Recommendation | None:
    """The one that saves most, of equal ones the first."""
    best = None
    for found in tried:
        if found is not None and (best is None or found.net > best.net):
            best = found
    return best


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
