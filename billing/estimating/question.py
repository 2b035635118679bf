"""A question about one cache: what it is, how long it is kept, and who will use it.

Times are seconds, sizes GiB. A question is checked when it is made: what the provider does not offer is refused.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from billing.errors import UsageError
from rules.errors import PeriodError
from rules.money import plain
from rules.period import HOUR_S, MONTH_HOURS, Month
from rules.quota import IMAGES, MANUAL_SIZE_GIB

Option = Literal["manual", "automatic", "no_cache"]
OPTIONS: tuple[Option, ...] = ("manual", "automatic", "no_cache")
"""The choices, in the order in which they are shown; of two that cost the same the earlier one counts as cheapest."""

MONTH_S = MONTH_HOURS * HOUR_S
YEAR_S = 365 * 24 * HOUR_S


class Pull(NamedTuple):
    """How long an instance without a cache pulls its images; `estimated` where it is scaled from the provider's figure."""

    seconds: int
    estimated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Instances alike: `count` of them, each running `run_s` from `start_s` after the cache became ready.

    `extra_ephemeral_gib` is what they declare beyond the included storage; None: not said.
    """

    count: int
    run_s: int
    vcpu: Decimal
    memory_gib: Decimal
    extra_ephemeral_gib: Decimal | None = None
    start_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One cache at one place: ready at `at_s` (epoch seconds) after a build of `build_s`.

    `snapshot_gib` None: not known. `keep_s` None: kept for good, counted for a month of 720 hours. `pull` None: not known,
    and left out of every total. `standard_snapshot_s`: how long after `at_s` an instant cache's standard snapshot is
    complete. `counted_months`: for how many months of 720 hours a permanent cache is counted.
    `place`: the file and entry that asks, for errors.
    """

    name: str
    region: str
    at_s: int
    size_gib: Decimal
    snapshot_gib: Decimal | None
    build_s: int
    keep_s: int | None
    groups: tuple[Group, ...]
    pull: Pull | None
    instant: bool = False
    standard_snapshot_s: int | None = None
    images: tuple[str, ...] = ()
    counted_months: int = 1
    place: str | None = None

    def __post_init__(self) -> None:
        limit = MANUAL_SIZE_GIB
        if not limit.least <= self.size_gib <= limit.most:
            raise UsageError(
                f"a cache has {limit.least} to {limit.most} GiB, not {plain(self.size_gib)}",
                place=self.place,
                hint="choose a size inside these bounds",
            )
        if self.snapshot_gib is not None and self.snapshot_gib > self.size_gib:
            raise UsageError(
                f"a snapshot of {plain(self.snapshot_gib)} GiB does not fit a cache of {plain(self.size_gib)} GiB",
                place=self.place,
                hint="a snapshot is at most as large as its cache",
            )
        if len(self.images) > IMAGES.most:
            raise UsageError(
                f"a cache holds at most {IMAGES.most} images, not {len(self.images)}",
                place=self.place,
                hint="spread them over several caches",
            )
        try:
            Month.containing(self.at_s - self.build_s)
            Month.containing(self.until_s)
        except PeriodError:
            raise UsageError(
                "the question lies outside the years 1970 to 9998",
                place=self.place,
                hint="choose another instant, or a shorter time",
            ) from None

    @property
    def kept_s(self) -> int:
        """How long the cache is counted."""
        return self.counted_months * MONTH_S if self.keep_s is None else self.keep_s

    @property
    def instances(self) -> int:
        """How many instances use the cache."""
        return sum(group.count for group in self.groups)

    @property
    def until_s(self) -> int:
        """The first second after everything: the cache's year, its instances and their pulling."""
        kept_s = max(YEAR_S, self.kept_s) if self.keep_s is None else self.keep_s
        pull_s = 0 if self.pull is None else self.pull.seconds
        runs_s = max((group.start_s + group.run_s for group in self.groups), default=0)
        return self.at_s + max(kept_s, runs_s + pull_s) + 1
