"""What a charge is: one declaration that the meter, the explanation and the documentation all read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rules.charges.expression import Expression
from rules.source import Source

Phase = Literal["creation", "usage", "pull"]
PHASES: tuple[Phase, ...] = ("creation", "usage")
"""The phases of a cache's bill; pulling without a cache is in none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One thing that is charged, or expressly free.

    id: its stable name, such as usage.cache_disk. title: by language, en and zh.
    phase, creation_method: when, and for which caches, it arises; any: with and without a cache.
    record: the kind of usage record that it is metered on; `begin` and `end` are columns of it, half-open.
    time: what is counted between them: seconds, started clock hours, or nothing: an event happens at `begin`,
    and its `end` is the same column.
    held: how much is held meanwhile. The quantity is held x time, in `unit`.
    requires: a true-or-false column of the cache that must be true.
    estimated_when: the quantity is an estimate where one of these columns is not known.
    rate: the tariff's name for its price; None where the charge is free.
    """

    id: str
    title: Mapping[str, str]
    phase: Phase
    creation_method: Literal["manual", "automatic", "any"]
    record: Literal["cache", "instance"]
    begin: str
    end: str
    time: Literal["second", "started_hour", "event"]
    held: Expression
    unit: str
    rate: str | None
    source: Source
    requires: str | None = None
    estimated_when: tuple[str, ...] = ()

    @property
    def free(self) -> bool:
        """Whether the provider says that nothing is charged."""
        return self.rate is None

    @property
    def formula(self) -> str:
        """How the quantity comes about, in the names of the columns and dated values."""
        if self.time == "event":
            return f"{self.held} at {self.begin}"
        counted = "seconds" if self.time == "second" else "started hours"
        return f"{self.held} × {counted} from {self.begin} to {self.end}"
