"""A plan: the caches and workloads that a file wants, each with the choice that it makes, before and after."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, NamedTuple

from billing.errors import UsageError
from billing.estimating.question import Group, Option, Pull, Question

Action = Literal["create", "change", "delete", "keep"]

MOST_RESOURCES = 2_000
"""What one estimate answers; a plan with more is for several."""


class Planned(NamedTuple):
    """A question, and the option that the file has chosen already."""

    question: Question
    option: Option


class Resource(NamedTuple):
    """One cache with its users, or a workload without one, by the name that the file gives it.

    `before` is None where it is made new, `after` where it goes. `notes` say what had to be assumed.
    """

    address: str
    before: Planned | None
    after: Planned | None
    notes: tuple[str, ...] = ()

    @property
    def action(self) -> Action:
        """What happens to it."""
        if self.before is None:
            return "create"
        if self.after is None:
            return "delete"
        return "keep" if self.before == self.after else "change"


class Unpriced(NamedTuple):
    """Something in the file that costs money and can't be priced, with the reason."""

    address: str
    reason: str


class Plan(NamedTuple):
    """What a file asks for, in its order."""

    resources: tuple[Resource, ...]
    unpriced: tuple[Unpriced, ...] = ()


class Usage(NamedTuple):
    """How a resource is used, where a usage file says so: how long an instance runs, how many there are in a month."""

    run_s: int | None = None
    instances: int | None = None


class Defaults(NamedTuple):
    """What files leave open. None: the file's kind decides. `region_given`: the region was asked for, whatever the file says."""

    region: str
    region_given: bool
    at_s: int
    size_gib: Decimal
    snapshot_gib: Decimal | None
    build_s: int
    keep_s: int | None
    run_s: int | None
    instances: int | None
    vcpu: Decimal
    memory_gib: Decimal
    extra_ephemeral_gib: Decimal | None
    pull: Pull | None
    usage: Mapping[str, Usage]

    def blank(self) -> Question:
        """The question of a workload that says nothing of a cache."""
        return Question(
            name="cache",
            region=self.region,
            at_s=self.at_s,
            size_gib=self.size_gib,
            snapshot_gib=self.snapshot_gib,
            build_s=self.build_s,
            keep_s=self.keep_s,
            groups=(),
            pull=self.pull,
        )

    def group(
        self,
        address: str,
        *,
        count: int,
        run_s: int,
        spec: tuple[Decimal, Decimal] | None = None,
        extra_gib: Decimal | None = None,
    ) -> Group:
        """The instances of a workload: the usage file's word counts first, then the options', then the file's own."""
        said = self.usage.get(address, Usage())
        vcpu, memory_gib = spec or (self.vcpu, self.memory_gib)
        return Group(
            count=_first(said.instances, self.instances, count),
            run_s=_first(said.run_s, self.run_s, run_s),
            vcpu=vcpu,
            memory_gib=memory_gib,
            extra_ephemeral_gib=self.extra_ephemeral_gib if extra_gib is None else extra_gib,
        )


def check_size(resources: int, place: str) -> None:
    """Refuse a file that asks about more than can be answered at once."""
    if resources > MOST_RESOURCES:
        raise UsageError(
            f"{resources} resources are too many",
            place=place,
            hint=f"ask about at most {MOST_RESOURCES} at once",
        )


def identifier(address: str) -> str:
    """The name of a resource's cache: its address, without what an id has no room for."""
    return "".join(char if char.isalnum() or char in "-._/[]" else "-" for char in address)[:200]


def _first(*found: int | None) -> int:
    return next(value for value in found if value is not None)
