"""What it takes to pull images where there is no cache: seconds, and the money of the instances that wait for them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from billing.metering import Slice
from billing.replaying.plan import Plan
from billing.replaying.relations import Pull
from rules.money import round_fraction
from rules.tariff import Tariff
from rules.units import MICRO

EXAMPLE_PULL_S, EXAMPLE_IMAGE_BYTES = 50, 386_260_000
"""The provider's example: an image of 386.26 MB took 50 s to prepare (overview of image caches)."""

_GIB_BYTES = 2**30
INSTANCE_RATES = (("eci.vcpu", "vCPU-second"), ("eci.memory", "GiB-second"))
"""What an instance pays for while it pulls, and the units of its size."""


@dataclass(frozen=True, slots=True)
class Pulling:
    """Seconds of all pulls, and their money; `amount` is None where a rate is missing, which `missing` names."""

    seconds: int
    amount: Decimal | None
    missing: str | None
    unsized: int


def pull_s(plan: Plan, chosen_s: int | None) -> int:
    """How long an instance pulls the images of a cache.

    As chosen; else in proportion to the recorded size of the cache's snapshot, which holds the images, at the speed of the
    provider's example and at most the recorded build, which pulls them, too; else as long as the example.
    """
    if chosen_s is not None:
        return chosen_s
    known_s = known_pull_s(plan.cache.snapshot_micro, plan.cache.build_s)
    return EXAMPLE_PULL_S if known_s is None else known_s


def known_pull_s(snapshot_micro: int | None, build_s: int | None) -> int | None:
    """The same from what is recorded of a cache alone, None where its snapshot isn't."""
    if snapshot_micro is None:
        return None
    scaled_s = -(-EXAMPLE_PULL_S * snapshot_micro * _GIB_BYTES // (EXAMPLE_IMAGE_BYTES * MICRO))
    return scaled_s if build_s is None else min(scaled_s, build_s)


def pulling(
    pulls: Iterable[Pull],
    plans: Mapping[int, Plan],
    chosen_s: int | None,
    tariff: Tariff,
    slices: tuple[Slice, ...],
) -> Pulling:
    """The seconds of the pulls, and what the instances cost meanwhile: priced when they start, rounded once."""
    seconds, unsized = 0, 0
    sized: dict[tuple[str, int], list[int]] = {}
    for pull in pulls:
        plan = plans[pull.cache_key]
        each_s = pull_s(plan, chosen_s)
        seconds += each_s * pull.instances
        unsized += pull.unsized
        total = sized.setdefault((plan.region, slices[pull.slice].from_s), [0, 0])
        total[0] += each_s * pull.vcpu_micro
        total[1] += each_s * pull.memory_micro
    cost, missing = Fraction(0), None
    for (region, at_s), quantities in sorted(sized.items()):
        for (rate, unit), micro in zip(INSTANCE_RATES, quantities, strict=True):
            found = tariff.rate(rate, region, at_s)
            if found is None:
                missing = tariff.missing_reason(rate, region, at_s)
            else:
                cost += found.price.per_unit(unit) * micro / MICRO
    amount = None if missing else round_fraction(cost)
    return Pulling(seconds, amount, missing, unsized)
