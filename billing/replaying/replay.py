"""A month under other choices: what every cache would have cost, and what would have happened to it.

Caches for which nothing is chosen otherwise keep their lines. The records of all others are made anew (their lives by the
simulator, the rest by what is chosen) and go through the meter and the rates, so that a replay and a bill can't disagree.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from billing.bill import Bill, Line, Unrated, exact_sum
from billing.errors import UsageError
from billing.metering import make_slices
from billing.pipeline import make_bill
from billing.replaying.behaving import Demanded, Simulated, behave, places
from billing.replaying.choices import Choices, CreationMethod, Selection
from billing.replaying.curve import MissCurve, miss_curve, stack_distances
from billing.replaying.plan import Interval, Place, Plan, demand, plans, selected
from billing.replaying.pulling import pulling
from billing.replaying.recorded import (
    LOOK_BACK_S,
    RecordedCache,
    last_starts,
    recorded_caches,
    starts,
    usual_build_s,
)
from billing.replaying.relations import start_counts
from billing.replaying.replayed import Behaviour, CacheCost, Replayed
from billing.replaying.rerating import Rerated, Rerater
from billing.replaying.sentences import assumptions
from billing.store import Reader
from billing.warehouse import Connection
from rules.period import Month, epoch_s
from rules.quota import QUOTAS, quota_for
from rules.retention import eviction_rank
from rules.tariff import Tariff

Limits = Mapping[tuple[str, str, str], int]
"""The limit of each account, region and quota id, where one was observed."""

Name = tuple[str, str, str]
"""Account, region and id of a cache."""

EVERYTHING = Selection()

ANSWERS_KEPT = 2
"""Replays that are kept in case that they are asked for again: each holds all lines of the month."""


@contextmanager
def open_replay(
    reader: Reader,
    month: Month,
    *,
    as_of: datetime,
    tariff: Tariff,
    limits: Limits,
    bill: Bill | None = None,
) -> Iterator["Replay"]:
    """The recorded month, ready to be replayed under any number of choices; `tariff` prices what is recorded.

    bill: what that comes to for all accounts, where it is known already.
    """
    if bill is None:
        bill = make_bill(reader, month, as_of=as_of, tariff=tariff)
    until_s = max(month.from_s, min(month.until_s, epoch_s(as_of)))
    with reader.between(month.from_s - LOOK_BACK_S, until_s) as connection:
        yield Replay(connection, bill, limits)


class Replay:
    """A recorded month with its bill. What was read or metered for one choice serves the next."""

    def __init__(self, connection: Connection, bill: Bill, limits: Limits) -> None:
        self.bill = bill
        self._connection = connection
        self._limits = limits
        from_s, as_of_s = bill.month.from_s, epoch_s(bill.as_of)
        until_s = max(from_s, min(bill.month.until_s, as_of_s))
        self._caches = recorded_caches(connection, from_s, until_s) if until_s > from_s else []
        self._interval = Interval(from_s, until_s, usual_build_s(self._caches))
        self._counts = start_counts(connection, from_s, until_s)
        self._demanded = Demanded()
        self._recorded = _recorded_costs(self._caches, bill.lines)
        self._rerater = Rerater(connection, as_of_s)
        self._answered: list[tuple[Choices, Selection, Replayed]] = []

    def under(self, choices: Choices, selection: Selection = EVERYTHING) -> Replayed:
        """The month, had these choices been made for the selected caches; a UsageError for a tariff of another currency.

        What was asked before is answered as it was then.
        """
        for asked, of, replayed in self._answered:
            if (asked, of) == (choices, selection):
                return replayed
        replayed = self._under(choices, selection)
        self._answered = [*self._answered[1 - ANSWERS_KEPT :], (choices, selection, replayed)]
        return replayed

    def _under(self, choices: Choices, selection: Selection) -> Replayed:
        tariff = choices.priced_by(self.bill.tariff, self._interval.from_s)
        if tariff.currency != self.bill.currency:
            raise UsageError(
                f"tariff {tariff.id} is in {tariff.currency}, the month in {self.bill.currency}",
                place="tariff",
                hint="compare prices of one currency; --tariff prices what is recorded, too",
            )
        chosen = plans(self._caches, choices, selection)
        simulated = self._simulate(chosen, choices)
        disturbed = {
            plan.cache.cache_key
            for place in simulated
            for plan, outcome in place.outcomes
            if not outcome.as_recorded
        }
        touched = [plan for plan in chosen if plan.touched or plan.cache.cache_key in disturbed]
        slices = make_slices(tariff, self._interval.from_s, self._interval.until_s)
        rerated = self._rerater.rerate(tariff, slices, chosen, touched, simulated)
        by_key = {plan.cache.cache_key: plan for plan in touched}
        pulled = pulling(rerated.pulls, by_key, choices.pull_s, tariff, slices)
        names = {_name(plan.cache) for plan in touched}
        misses = sum(len(outcome.missed) for place in simulated for _, outcome in place.outcomes)
        known = sum(self._counts.get(cache.cache_key, 0) for cache in self._caches)
        each = [outcome for place in simulated for _, outcome in place.outcomes]
        return Replayed(
            month=self.bill.month,
            settings=choices.settings(),
            currency=self.bill.currency,
            recorded_total=self.bill.total,
            caches=tuple(self._costs(touched, rerated)),
            kept_lines=tuple(line for line in self.bill.lines if _name(line) not in names),
            made_lines=tuple(rerated.lines),
            unrated=(
                *(item for item in self.bill.unrated if _name(item) not in names),
                *rerated.unrated,
            ),
            behaviour=Behaviour(
                hits=known - misses,
                misses=misses,
                evictions=sum(outcome.evictions for outcome in each),
                refused=sum(outcome.refused for outcome in each),
                extra_pull_s=pulled.seconds,
            ),
            extra_pull_amount=pulled.amount,
            assumptions=assumptions(choices, touched, simulated, pulled, self._interval, self.bill.currency),
        )

    def selects_any(self, selection: Selection) -> bool:
        """Whether some cache of the month is selected; a month without caches has nothing to select."""
        return not self._caches or any(selected(cache, selection) for cache in self._caches)

    def miss_curve(
        self,
        creation_method: CreationMethod,
        limits: Sequence[int],
        choices: Choices,
        selection: Selection = EVERYTHING,
    ) -> MissCurve:
        """How often the selected caches of this creation method would be missed under each limit of their quota."""
        members: dict[Place, list[Plan]] = defaultdict(list)
        for plan in plans(self._caches, choices, selection):
            cache = plan.cache
            if plan.creation_method == creation_method and not cache.failed and selected(cache, selection):
                members[plan.place].append(plan)
        self._look_up([plan for found in members.values() for plan in found])
        distances = [self._distances(found) for _, found in sorted(members.items())]
        return miss_curve(quota_for(creation_method).id, sum(map(len, members.values())), distances, limits)

    def _distances(self, members: Iterable[Plan]) -> Mapping[int, int]:
        asked = [
            (plan.cache.cache_key, wanted)
            for plan in sorted(members, key=lambda plan: plan.cache.cache_id)
            if (wanted := demand(plan, self._interval, self._demanded.starts, self._demanded.last_starts))
            is not None
        ]
        existing = [
            (eviction_rank(wanted.created_s, wanted.last_used_s, wanted.cache_id), rank)
            for rank, (_, wanted) in enumerate(asked)
            if wanted.exists and wanted.created_s is not None
        ]
        created = {
            rank: wanted.created_s
            for rank, (_, wanted) in enumerate(asked)
            if wanted.created_s is not None and not wanted.exists
        }
        every = {rank: wanted.starts for rank, (_, wanted) in enumerate(asked) if wanted.starts}
        return stack_distances([rank for _, rank in sorted(existing)], created, every)

    def _simulate(self, chosen: Iterable[Plan], choices: Choices) -> list[Simulated]:
        if self._interval.until_s <= self._interval.from_s:
            return []

        def limit_of(place: Place) -> int | None:
            quota = quota_for(place.creation_method)
            observed = self._limits.get((place.account_id, place.region, quota.id))
            wanted = choices.quota_of(place.creation_method)
            return observed if wanted is None else wanted

        groups = places(chosen, limit_of)
        self._look_up([plan for members in groups.values() for plan in members])
        chosen_limits = [
            quota.creation_method for quota in QUOTAS if choices.quota_of(quota.creation_method) is not None
        ]
        return behave(groups, limit_of, self._interval, self._demanded, chosen_limits=chosen_limits)

    def _look_up(self, needed: Iterable[Plan]) -> None:
        """Read when instances start from these caches, where that has not been read yet."""
        keys = {plan.cache.cache_key for plan in needed} - self._demanded.keys
        if keys:
            found = starts(self._connection, keys, self._interval.from_s, self._interval.until_s)
            before = last_starts(self._connection, keys, self._interval.from_s)
            self._demanded = self._demanded.with_more(keys, found, before)

    def _costs(self, touched: Iterable[Plan], rerated: Rerated) -> Iterator[CacheCost]:
        """Every cache that exists in the month or has a line, by account, region and id."""
        replayed = {
            _name(plan.cache): rerated.amounts.get(plan.cache.cache_key, Decimal(0)) for plan in touched
        }
        for name, was in self._recorded.items():
            yield CacheCost(*name, was, replayed.get(name, was))


def _recorded_costs(caches: Iterable[RecordedCache], lines: Iterable[Line]) -> dict[Name, Decimal]:
    """What every cache cost that exists in the month or has a line, by account, region and id."""
    amounts: dict[Name, list[Decimal]] = {_name(cache): [] for cache in caches}
    for line in lines:
        amounts.setdefault(_name(line), []).append(line.amount)
    return {name: exact_sum(amounts[name]) for name in sorted(amounts)}


def _name(named: Line | Unrated | RecordedCache) -> Name:
    return named.account_id, named.region, named.cache_id
