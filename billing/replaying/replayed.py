"""The answer of a replay as values: each cache's recorded and replayed cost, what happened, and what was assumed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from billing.bill import Line, Unrated, exact_sum
from rules.charges import CHARGES
from rules.money import plain
from rules.period import Month

_CHARGE_ORDER = {charge.id: index for index, charge in enumerate(CHARGES)}


class CacheCost(NamedTuple):
    """What one cache cost as recorded and what it would have cost, over all of its lives."""

    account_id: str
    region: str
    cache_id: str
    recorded: Decimal
    replayed: Decimal

    @property
    def difference(self) -> Decimal:
        """Replayed minus recorded: negative where the choices are cheaper."""
        return exact_sum((self.replayed, -self.recorded))

    def to_json(self) -> dict[str, str]:
        """The cost as interface.md has it."""
        return {
            "account_id": self.account_id,
            "region": self.region,
            "cache_id": self.cache_id,
            "recorded": plain(self.recorded),
            "replayed": plain(self.replayed),
            "difference": plain(self.difference),
        }


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What happened to the instances that start in the month and name a known cache, and to the caches.

    An instance hits its cache or misses it. refused: creations, each attempt counted. extra_pull_s: seconds that the
    instances pull which miss.
    """

    hits: int
    misses: int
    evictions: int
    refused: int
    extra_pull_s: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """A month under other choices: kept_lines as they were billed, made_lines of the caches that something is chosen for.

    extra_pull_amount: what the instances that miss cost while they pull, which is no part of the total; None where
    their price is not known. unrated: what the replay has no price for; the total is then incomplete.
    """

    month: Month
    settings: Mapping[str, Any]
    currency: str
    recorded_total: Decimal
    caches: tuple[CacheCost, ...]
    kept_lines: tuple[Line, ...]
    made_lines: tuple[Line, ...]
    unrated: tuple[Unrated, ...]
    behaviour: Behaviour
    extra_pull_amount: Decimal | None
    assumptions: tuple[str, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The replay's lines, by account, region, cache, charge and rate period."""
        return tuple(
            sorted(
                (*self.kept_lines, *self.made_lines),
                key=lambda line: (
                    line.account_id,
                    line.region,
                    line.cache_id,
                    _CHARGE_ORDER[line.charge],
                    line.period_from,
                ),
            )
        )

    @property
    def replayed_total(self) -> Decimal:
        """The exact sum of the replay's lines."""
        return exact_sum(cache.replayed for cache in self.caches)

    @property
    def difference(self) -> Decimal:
        """Replayed minus recorded."""
        return exact_sum((self.replayed_total, -self.recorded_total))

    @property
    def complete(self) -> bool:
        """Whether everything has a price."""
        return not self.unrated

    @property
    def compared(self) -> Decimal:
        """What choices are compared by: the total and the pulls that they lead to, where those have a price."""
        return exact_sum((self.replayed_total, self.extra_pull_amount or Decimal(0)))

    def to_json(self) -> dict[str, Any]:
        """The answer as interface.md has it; `unrated` is there where something has no price."""
        unrated = {"unrated": [item.to_json() for item in self.unrated]} if self.unrated else {}
        return {
            "month": self.month.label,
            "settings": dict(self.settings),
            "currency": self.currency,
            "recorded_total": plain(self.recorded_total),
            "replayed_total": plain(self.replayed_total),
            "difference": plain(self.difference),
            "caches": [cache.to_json() for cache in self.caches],
            "behaviour": asdict(self.behaviour),
            "assumptions": list(self.assumptions),
            **unrated,
        }
