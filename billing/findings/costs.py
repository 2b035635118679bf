"""What caches cost that nobody seems to need so: amounts of the bill, not savings; each cache is in the first kind that fits."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from billing.bill import Line, exact_sum
from billing.lives import CacheLife
from rules.money import plain
from rules.tariff import Tariff
from rules.units import to_micro

CostKind = Literal["idle", "duplicate", "no_retention", "extra", "extra_unknown"]
COST_KINDS: tuple[CostKind, ...] = ("idle", "duplicate", "no_retention", "extra", "extra_unknown")

IDLE_DAYS = 7
"""On how many days of the month a cache has to be there before it is called idle: it may only just have been built."""

SNAPSHOT, EXTRA_STORAGE = "creation.snapshot", "usage.ephemeral_storage"

CacheName = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Cost:
    """Caches of one kind, the dearest first, and what they cost by cache, in the same order.

    idle: manual, no instance started from it, all that it cost. duplicate: manual, another one of its account and region had the
    same images at the same time and was used more; what making and keeping it cost. no_retention: manual and kept for good;
    what its snapshot cost. extra: automatic with extra storage, although its images fit into what is included; extra_unknown:
    the same where their size isn't recorded; what the extra storage cost.
    """

    kind: CostKind
    caches: tuple[CacheLife, ...]
    amounts: tuple[Decimal, ...]

    @property
    def amount(self) -> Decimal:
        """The sum, exactly."""
        return exact_sum(self.amounts)

    def to_json(self) -> dict[str, Any]:
        """Kind, amount, and the caches by account, region and id, each with its amount; amounts as plain strings."""
        return {
            "kind": self.kind,
            "amount": plain(self.amount),
            "caches": [
                {**named(life), "amount": plain(amount)}
                for life, amount in zip(self.caches, self.amounts, strict=True)
            ],
        }


def named(life: CacheLife) -> dict[str, str | None]:
    """Who a cache is: its account, region, id and name."""
    return {
        "account_id": life.account_id,
        "region": life.region,
        "cache_id": life.cache_id,
        "cache_name": life.cache_name,
    }


def costs(lives: Sequence[CacheLife], lines: Iterable[Line], tariff: Tariff) -> tuple[Cost, ...]:
    """The kinds that cost something, in the order of COST_KINDS; `lines` are the bill's."""
    by_charge: defaultdict[CacheName, defaultdict[str, list[Decimal]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for line in lines:
        by_charge[line.account_id, line.region, line.cache_id][line.charge].append(line.amount)
    doubled = _duplicates(life for life in lives if not _idle(life))
    found: dict[CostKind, list[tuple[Decimal, CacheLife]]] = {kind: [] for kind in COST_KINDS}
    for life in lives:
        kind = _kind(life, doubled, tariff)
        if kind is not None:
            amount = _amount(kind, life, by_charge.get(life.name, {}))
            if amount > 0:
                found[kind].append((amount, life))
    return tuple(_sorted(kind, each) for kind, each in found.items() if each)


def _sorted(kind: CostKind, found: list[tuple[Decimal, CacheLife]]) -> Cost:
    ordered = sorted(found, key=lambda pair: (-pair[0], pair[1].name))
    return Cost(kind, tuple(life for _, life in ordered), tuple(amount for amount, _ in ordered))


def _amount(kind: CostKind, life: CacheLife, by_charge: Mapping[str, list[Decimal]]) -> Decimal:
    match kind:
        case "idle":
            return life.amount
        case "duplicate":
            return life.creation
        case "no_retention":
            return exact_sum(by_charge.get(SNAPSHOT, ()))
        case "extra" | "extra_unknown":
            return exact_sum(by_charge.get(EXTRA_STORAGE, ()))


def _kind(life: CacheLife, doubled: frozenset[CacheName], tariff: Tariff) -> CostKind | None:
    if life.end == "failed":
        return None
    if life.creation_method == "automatic":
        return _extra(life, tariff)
    if _idle(life):
        return "idle"
    if life.name in doubled:
        return "duplicate"
    kept_for_good = life.retention_days is None and life.expires_s is None and life.end == "kept"
    return "no_retention" if kept_for_good else None


def _idle(life: CacheLife) -> bool:
    return life.creation_method == "manual" and not life.use.starts and life.days_kept >= IDLE_DAYS


def _extra(life: CacheLife, tariff: Tariff) -> CostKind | None:
    """Whether an automatic cache's images fit into the storage that is included, where that is known."""
    included = tariff.value("included_ephemeral_gib", life.first_s)
    if life.snapshot_micro is None or included is None:
        return "extra_unknown"
    return "extra" if life.snapshot_micro <= to_micro(included.value) else None


def _duplicates(lives: Iterable[CacheLife]) -> frozenset[CacheName]:
    """The manual caches beside which another one with the same images stood and was used more."""
    alike: defaultdict[tuple[str, str, tuple[str, ...]], list[CacheLife]] = defaultdict(list)
    for life in lives:
        if life.creation_method == "manual" and life.images and life.end != "failed":
            alike[life.account_id, life.region, life.images].append(life)
    return frozenset(life.name for group in alike.values() for life in _less_used(group))


def _less_used(group: Sequence[CacheLife]) -> Iterator[CacheLife]:
    ordered = sorted(group, key=lambda life: (-life.use.starts, -life.amount, life.name))
    for index, life in enumerate(ordered):
        if any(other.first_s < life.last_s and life.first_s < other.last_s for other in ordered[:index]):
            yield life
