"""What an import did: for each input, and in all."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """What became of one input's rows: read = new + revised + unchanged + rejected.

    `ended` counts known records that a complete source no longer lists; they are in none of the others.
    """

    path: str
    kind: str
    read: int
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    rejected: int = 0
    ended: int = 0

    def to_json(self) -> dict[str, Any]:
        """The batch as interface.md has it."""
        return {"path": self.path, "kind": self.kind, **{name: getattr(self, name) for name in COUNTED}}


COUNTED = ("read", "new", "revised", "unchanged", "rejected")


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """All inputs, what had to be derived (column and how many records), and what else the user should know."""

    batches: Sequence[BatchSummary]
    derived: Counter[tuple[str, str]] = field(default_factory=Counter)
    notes: Sequence[str] = ()

    def total(self, name: str) -> int:
        """One of the counts over all inputs."""
        return sum(getattr(batch, name) for batch in self.batches)

    def to_json(self) -> dict[str, Any]:
        """The import as interface.md has it."""
        return {
            "batches": [batch.to_json() for batch in self.batches],
            **{name: self.total(name) for name in COUNTED},
        }
