"""A charge is one declaration: what is metered, on which record, from when until when, in which unit, at which rate."""

from dataclasses import dataclass
from typing import Literal

from rules.charges.expression import Expression

Phase = Literal["creation", "usage"]
CreationMethod = Literal["manual", "automatic"]
Time = Literal["second", "started_hour", "event"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule was read: the provider's page, the day of reading, how far to trust it, and what to know about it."""

    page: str
    read: str
    trust: Literal["found", "mirror", "inferred"]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One charge of the billing model.

    The quantity is what is `held` times the units of `time` between the record's columns `begin` and `end` (both instants;
    an event happens at `begin`). It is charged for caches created by `creation_method`, on `record`, and only where the flag
    `requires` is set. `estimated_when` names columns: where one of them is unknown the quantity is an estimate. `rate` names the
    price; a free charge has none and its source says so.
    """

    id: str
    title_en: str
    title_zh: str
    phase: Phase
    creation_method: CreationMethod
    record: Literal["cache", "instance"]
    begin: str
    end: str
    time: Time
    held: Expression
    unit: str
    rate: str | None
    source: Source
    requires: str | None = None
    estimated_when: tuple[str, ...] = ()

    @property
    def free(self) -> bool:
        """Whether the provider charges nothing for it."""
        return self.rate is None

    @property
    def formula(self) -> str:
        """The quantity in words: what is held, times which time."""
        times = {
            "second": f"whole seconds from {self.begin} to {self.end}",
            "started_hour": f"started clock hours from {self.begin} to {self.end}",
            "event": f"once, at {self.begin}",
        }
        return f"{self.held} × {times[self.time]}"
