"""Rating a replay's records: quantities by the meter, money by the tariff, and each line given back to its cache."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from billing.bill import Line, Unrated, exact_sum
from billing.metering import Metered, Metering, Slice, Subject
from billing.pipeline import collector_paused
from billing.rating import rate
from billing.replaying.behaving import Simulated, life_rows, missed_starts
from billing.replaying.plan import Plan
from billing.replaying.relations import (
    Pull,
    find_missed,
    keep_starting,
    metered_lives,
    metered_missed,
    metered_usage,
)
from billing.warehouse import Connection
from rules.tariff import Tariff

FEW_CACHES = 50
"""Of so many caches the instances are metered alone; of more, those of all, which is as quick and serves the next choice, too."""


@dataclass(frozen=True, slots=True)
class Rerated:
    """The lines and unrated quantities of the touched caches, each cache's amount by its key, and what pulls."""

    lines: Sequence[Line]
    unrated: Sequence[Unrated]
    amounts: Mapping[int, Decimal]
    pulls: Sequence[Pull]


class Rerater:
    """Meters and rates what replays of one month lead to. What many choices have in common is metered once."""

    def __init__(self, connection: Connection, as_of_s: int) -> None:
        self._connection = connection
        self._as_of_s = as_of_s
        self._starting_kept = False
        self._usage: tuple[object, list[Metered]] | None = None

    def rerate(
        self,
        tariff: Tariff,
        slices: Sequence[Slice],
        plans: Iterable[Plan],
        touched: Sequence[Plan],
        simulated: Sequence[Simulated],
    ) -> Rerated:
        """The touched caches under the tariff; `plans` are those of all caches."""
        if not slices or not touched:
            return Rerated((), (), {}, ())
        by_key = {plan.cache.cache_key: plan for plan in touched}
        outcomes = {plan.cache.cache_key: found for place in simulated for plan, found in place.outcomes}
        lives = list(life_rows(touched, outcomes))
        with collector_paused():
            usage = self._metered_usage(slices, plans, by_key)
            own = metered_lives(self._connection, slices, self._as_of_s, lives)
            pulls = self._pulls(slices, simulated)
            missed = metered_missed(self._connection, slices, self._as_of_s) if pulls else ()
            used = (quantity for quantity in chain(usage, missed) if quantity.cache_key in by_key)
            return self._rated(tariff, slices, [*own, *used], by_key, pulls)

    def _pulls(self, slices: Sequence[Slice], simulated: Iterable[Simulated]) -> list[Pull]:
        missed = list(missed_starts(simulated))
        if not missed:
            return []
        if not self._starting_kept:
            keep_starting(self._connection, slices[0].from_s, slices[-1].until_s)
            self._starting_kept = True
        return find_missed(self._connection, missed)

    def _metered_usage(
        self, slices: Sequence[Slice], plans: Iterable[Plan], wanted: Collection[int]
    ) -> list[Metered]:
        """What the instances of the wanted caches are charged by; of all caches, where that serves the next choice, too."""
        forms = [plan for plan in plans if plan.remade]
        keys = frozenset(wanted) if len(wanted) <= FEW_CACHES else None
        what = (
            slices,
            keys,
            [(plan.cache.cache_key, plan.creation_method, plan.size_micro, plan.instant) for plan in forms],
        )
        if self._usage is None or self._usage[0] != what:
            self._usage = what, metered_usage(self._connection, slices, self._as_of_s, forms, keys)
        return self._usage[1]

    def _rated(
        self,
        tariff: Tariff,
        slices: Sequence[Slice],
        quantities: list[Metered],
        by_key: Mapping[int, Plan],
        pulls: Sequence[Pull],
    ) -> Rerated:
        """Rated under the keys' numbers for names, which tell caches apart whatever region is chosen, then named."""
        subjects = {
            key: Subject(plan.cache.account_id, plan.region, str(key), plan.creation_method)
            for key, plan in by_key.items()
        }
        rated = rate(Metering(tuple(slices), quantities, [], [], subjects), tariff)
        amounts: dict[int, list[Decimal]] = defaultdict(list)
        for line in rated.lines:
            amounts[int(line.cache_id)].append(line.amount)
        return Rerated(
            [line._replace(cache_id=by_key[int(line.cache_id)].cache.cache_id) for line in rated.lines],
            [item._replace(cache_id=by_key[int(item.cache_id)].cache.cache_id) for item in rated.unrated],
            {key: exact_sum(found) for key, found in amounts.items()},
            pulls,
        )
