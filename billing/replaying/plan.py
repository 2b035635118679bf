"""How each recorded cache enters a replay: what is chosen for it, and what the simulator is asked about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from billing.replaying.choices import PERMANENT, Choices, CreationMethod, Selection
from billing.replaying.recorded import RecordedCache
from billing.replaying.simulator import Demand
from billing.store.schema import OPEN_S
from rules.period import epoch_s, instant
from rules.retention import kept_until
from rules.units import to_micro


class Place(NamedTuple):
    """Where caches share a quota: an account's region, of one creation method."""

    account_id: str
    region: str
    creation_method: CreationMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A recorded cache with what is chosen for it.

    repriced: its prices are others. remade: it is made or held otherwise. simulated: its life is, because it is
    made, kept or evicted by other rules than when it was recorded.
    """

    cache: RecordedCache
    creation_method: CreationMethod
    size_micro: int
    snapshot_micro: int | None
    instant: bool
    retention_days: int | None
    region: str
    repriced: bool
    remade: bool
    simulated: bool

    @property
    def touched(self) -> bool:
        """Whether anything about the cache may come out otherwise."""
        return self.repriced or self.remade or self.simulated

    @property
    def place(self) -> Place:
        """Whose quota it takes a place of: the recorded region's."""
        return Place(self.cache.account_id, self.cache.region, self.creation_method)


def plans(caches: Iterable[RecordedCache], choices: Choices, selection: Selection) -> list[Plan]:
    """What the choices mean for each cache, in their order."""
    return [_plan(cache, choices if selected(cache, selection) else Choices()) for cache in caches]


def selected(cache: RecordedCache, selection: Selection) -> bool:
    """Whether the choices are for the cache."""
    return selection.takes(
        account_id=cache.account_id, cache_id=cache.cache_id, cache_name=cache.cache_name, tags=cache.tags
    )


def _plan(cache: RecordedCache, choices: Choices) -> Plan:
    method = choices.creation_method or cache.creation_method
    manual = method == "manual"
    size_micro = cache.size_micro if choices.size_gib is None else to_micro(choices.size_gib)
    snapshot_micro = None if cache.snapshot_micro is None else min(cache.snapshot_micro, size_micro)
    instant_cache = manual and (cache.instant if choices.instant is None else choices.instant)
    retention_days, kept_otherwise = cache.retention_days, False
    if choices.retention_days is not None and manual:
        retention_days = None if choices.retention_days == PERMANENT else choices.retention_days
        kept_otherwise = retention_days != cache.retention_days or (
            retention_days is None and cache.expires_s is not None
        )
    remade = (method, size_micro, instant_cache) != (cache.creation_method, cache.size_micro, cache.instant)
    ruled_otherwise = method != cache.creation_method or kept_otherwise
    return Plan(
        cache=cache,
        creation_method=method,
        size_micro=size_micro,
        snapshot_micro=snapshot_micro if remade else cache.snapshot_micro,
        instant=instant_cache if remade else cache.instant,
        retention_days=retention_days,
        region=choices.region or cache.region,
        repriced=any(
            chosen is not None for chosen in (choices.tariff, choices.region, choices.included_ephemeral_gib)
        ),
        remade=remade,
        simulated=not cache.failed and (ruled_otherwise or choices.quota_of(method) is not None),
    )


@dataclass(frozen=True, slots=True)
class Interval:
    """What is replayed, [from_s, until_s), and how long a build takes where that is not recorded."""

    from_s: int
    until_s: int
    usual_build_s: int


def demand(
    plan: Plan, interval: Interval, starts: Mapping[int, Sequence[int]], last_starts: Mapping[int, int]
) -> Demand | None:
    """The cache as the simulator sees it; None where it is not simulated and isn't there in the interval, either."""
    cache = plan.cache
    exists = cache.created_s < interval.from_s and cache.until_s > interval.from_s
    made_in_it = interval.from_s <= cache.created_s < interval.until_s
    if not plan.simulated and not exists and not made_in_it:
        return None
    made_by_first_miss = plan.creation_method == "automatic" and cache.creation_method == "manual"
    recorded_creation = exists or (made_in_it and not (plan.simulated and made_by_first_miss))
    return Demand(
        cache_id=cache.cache_id,
        creation_method=plan.creation_method,
        starts=() if cache.failed else starts.get(cache.cache_key, ()),
        created_s=cache.created_s if recorded_creation else None,
        exists=exists,
        build_s=interval.usual_build_s if cache.build_s is None else cache.build_s,
        retention_days=plan.retention_days,
        elimination_strategy=cache.elimination_strategy,
        last_used_s=_last_used_s(cache, interval.from_s, last_starts),
        observed=not plan.simulated,
        ends_s=_recorded_end_s(plan),
    )


def _recorded_end_s(plan: Plan) -> int | None:
    """The recorded end where it holds in the replay: of a life that is not simulated, or a deletion by hand."""
    cache = plan.cache
    if plan.simulated:
        both_manual = (plan.creation_method, cache.creation_method) == ("manual", "manual")
        return cache.until_s if both_manual and cache.ended_by_hand else None
    ends_s = None if cache.until_s >= OPEN_S else cache.until_s
    if not cache.failed or cache.failed_s is None:
        return ends_s
    kept = kept_until(
        plan.creation_method, created_at=instant(cache.created_s), failed_at=instant(cache.failed_s)
    )
    gone_s = cache.until_s if kept is None else epoch_s(kept)
    return gone_s if ends_s is None else min(ends_s, gone_s)


def _last_used_s(cache: RecordedCache, from_s: int, last_starts: Mapping[int, int]) -> int | None:
    """The last use before the interval: of an instance, or what the source said."""
    matched_s = cache.last_matched_s
    said = [matched_s] if matched_s is not None and cache.created_s <= matched_s < from_s else []
    seen = [last_starts[cache.cache_key]] if cache.cache_key in last_starts else []
    return max([*said, *seen], default=None)
