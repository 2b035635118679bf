"""What a replay assumes, as sentences: everything that a reader must know before believing it."""

from collections.abc import Iterable, Iterator, Sequence

from billing.replaying.behaving import Simulated
from billing.replaying.choices import Choices
from billing.replaying.plan import Interval, Plan
from billing.replaying.pulling import EXAMPLE_PULL_S, Pulling
from rules.money import plain
from rules.quota import quota_for
from rules.retention import MATCHED, NEVER_MATCHED


def assumptions(
    choices: Choices,
    touched: Sequence[Plan],
    simulated: Sequence[Simulated],
    pulled: Pulling,
    interval: Interval,
    currency: str,
) -> tuple[str, ...]:
    """The sentences for these choices; none where nothing is chosen otherwise."""
    found = [
        *_of_choices(choices, touched),
        *_of_lives(touched, simulated, interval),
        *_of_quotas(simulated),
        *_of_pulls(choices, simulated, pulled, currency),
    ]
    return tuple(dict.fromkeys(found))


def _of_choices(choices: Choices, touched: Sequence[Plan]) -> Iterator[str]:
    automatic = any(plan.creation_method == "automatic" for plan in touched)
    if choices.creation_method == "automatic":
        for given, name in (
            (choices.retention_days, "retention_days"),
            (choices.instant, "instant"),
        ):
            if given is not None:
                yield f"{name} is for manual caches: automatic ones can't have it, so it has no effect here."
    turned = [plan for plan in touched if plan.creation_method != plan.cache.creation_method]
    if any(plan.creation_method == "automatic" for plan in turned):
        yield (
            "An instance of an automatic cache is charged for the extra ephemeral storage that its record declares, else for"
            " the cache's size above the included storage, whether it hits or misses."
        )
    if any(plan.creation_method == "manual" and plan.snapshot_micro is None for plan in touched):
        yield "Where a snapshot's own size is not known, its cost is an upper bound, estimated on the cache size."
    if any(plan.instant and not plan.cache.instant for plan in touched):
        yield (
            "How long a local snapshot would have been kept is not recorded: of instant caches that were none, only the"
            " enabling is charged."
        )
    if choices.size_gib is not None and automatic:
        yield "The chosen size is taken for automatic caches, too; the images are taken to fit."
    if choices.region is not None:
        yield "Only the prices are the other region's: its quotas and what exists there are not known."


def _of_lives(touched: Iterable[Plan], simulated: Sequence[Simulated], interval: Interval) -> Iterator[str]:
    plans = [plan for place in simulated for plan, outcome in place.outcomes if not outcome.as_recorded]
    if not plans:
        return
    yield (
        "Caches that exist when the month begins exist in the replay, too; where their rule would have ended them before,"
        " its time counts anew from the month's begin."
    )
    if any(plan.creation_method == "automatic" for plan in plans):
        never, used = NEVER_MATCHED.length.days, MATCHED.length.days
        yield (
            f"Automatic caches are deleted {never} days after their creation where nothing used them, {used} days after"
            " their last use otherwise, whatever was done to them by hand."
        )
        if any(plan.cache.creation_method == "manual" for plan in plans):
            yield "Caches that were made by hand in the month are made by the first instance that asks for them."
    if any(plan.creation_method == "manual" for plan in plans):
        yield (
            "A manual cache that is missed is built again at once, and paid for; a recorded deletion before its retention"
            " was by hand, and holds."
        )
    yield "Instances that start while a cache is built miss it; those of one cache in one second share one outcome."
    if unknown := sum(plan.cache.build_s is None for plan in plans):
        yield (
            f"Of {unknown} caches no build is recorded: theirs takes {interval.usual_build_s} s, the median of those that"
            " are, or five minutes."
        )


def _of_quotas(simulated: Sequence[Simulated]) -> Iterator[str]:
    if not simulated:
        return
    if any(place.limit is None for place in simulated):
        names = sorted(
            {quota_for(place.place.creation_method).id for place in simulated if place.limit is None}
        )
        yield f"No limit of {' and '.join(names)} is known everywhere: where none is, nothing is evicted or refused."
    known = sorted(
        {
            (quota_for(place.place.creation_method).id, place.limit)
            for place in simulated
            if place.limit is not None
        }
    )
    for name, limit in known:
        yield f"The limit of {name} is {limit} through the whole month, and holds from the first creation on."


def _of_pulls(
    choices: Choices, simulated: Sequence[Simulated], pulled: Pulling, currency: str
) -> Iterator[str]:
    if not any(outcome.missed for place in simulated for _, outcome in place.outcomes):
        return
    if choices.pull_s is not None:
        yield f"An instance that misses pulls for {choices.pull_s} s."
    else:
        yield (
            "An instance that misses pulls as much as the snapshot holds, at the speed of the provider's example (386.26 MB"
            f" in {EXAMPLE_PULL_S} s) and at most as long as the recorded build; {EXAMPLE_PULL_S} s where the size is not"
            " known."
        )
    yield "An instance that misses a manual cache has no disk of it: nothing of it is charged for the cache."
    if pulled.amount is None:
        yield f"What the pulls cost is not known: {pulled.missing}."
    else:
        yield (
            f"The pulls cost {plain(pulled.amount)} {currency} of the instances' own vCPU and memory, which is in neither"
            " total."
        )
    if pulled.unsized:
        yield f"Of {pulled.unsized} instances that miss no size is recorded: their pulls have no cost."
