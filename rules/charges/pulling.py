"""What an instance costs while it pulls its images: the time that a cache saves.

These two are no charges of a cache: the instance pays them whether there is a cache or not, and a bill of caches leaves them
out. An estimate needs them to compare a cache with none.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rules.charges.charge import Charge
from rules.charges.expression import Column
from rules.source import Source

_INSTANCE_PAGE = "https://www.alibabacloud.com/help/en/eci/product-overview/elastic-container-instances"
_SOURCE = Source(
    _INSTANCE_PAGE,
    "2025-11",
    "found",
    "an instance is metered from the moment at which it begins to pull its images",
)

PULL_CHARGES: tuple[Charge, ...] = (
    Charge(
        id="pull.instance_vcpu",
        title={"en": "Pulling images: instance, vCPU", "zh": "拉取镜像：实例 vCPU"},
        phase="pull",
        creation_method="any",
        record="instance",
        begin="started_at",
        end="pulled_at",
        time="second",
        held=Column("vcpu"),
        unit="vCPU-second",
        rate="eci.vcpu",
        source=_SOURCE,
    ),
    Charge(
        id="pull.instance_memory",
        title={"en": "Pulling images: instance, memory", "zh": "拉取镜像：实例内存"},
        phase="pull",
        creation_method="any",
        record="instance",
        begin="started_at",
        end="pulled_at",
        time="second",
        held=Column("memory_gib"),
        unit="GiB-second",
        rate="eci.memory",
        source=_SOURCE,
    ),
)


@dataclass(frozen=True, slots=True)
class PullSample:
    """How long it took to pull an image of a size: the only figure that the provider gives."""

    image_mb: Decimal
    seconds: int
    source: Source

    def seconds_for(self, image_gib: Decimal) -> int:
        """The seconds of another size in proportion, rounded half up; an estimate. A MB is a million bytes."""
        seconds = Fraction(image_gib) * _MB_PER_GIB / Fraction(self.image_mb) * self.seconds
        return int(seconds + Fraction(1, 2))


_MB_PER_GIB = Fraction(1 << 30, 10**6)

PULL_SAMPLE = PullSample(
    Decimal("386.26"),
    50,
    Source(
        "ECI: overview of image caches",
        "2026-11",
        "found",
        "to prepare an image of that size without a cache",
    ),
)
