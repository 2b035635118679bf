"""The audit trail: who did what to the books, when and why; every entry holds the digest of the one before.

Everything else is read out of it: which months are closed, under which version, by which tariff they are priced. So the books
can't say one thing and their trail another.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from billing.canonical import canonical, digest
from billing.store.book_models import AuditEntry
from billing.store.ledger import SealedText
from rules.period import Month


@dataclass(frozen=True, slots=True)
class Act:
    """One entry of the trail, by its number from 1.

    action: close, reopen or correct. month, version: of what. details: the whole entry.
    """

    number: int
    entry_id: int
    action: str
    month: Month
    version: int
    details: Mapping[str, Any]
    sha256: str


@dataclass(frozen=True, slots=True)
class Pricing:
    """By which frozen tariff a closed month is priced; `by` is the number of the act that says so."""

    tariff_id: str
    tariff_sha256: str
    by: int
    reason: str


class Trail:
    """The acts up to some point, and what follows from them."""

    def __init__(self, acts: Sequence[Act]) -> None:
        self.acts = tuple(acts)
        reopened = {(act.month, act.version) for act in acts if act.action == "reopen"}
        self.closes = tuple(
            act for act in acts if act.action == "close" and (act.month, act.version) not in reopened
        )
        """The closes that hold, in the order of closing."""

    def before(self, number: int) -> "Trail":
        """The trail as it was before an act."""
        return Trail([act for act in self.acts if act.number < number])

    @property
    def last_close(self) -> Act | None:
        """The close that was done last and holds."""
        return self.closes[-1] if self.closes else None

    def close_of(self, month: Month) -> Act | None:
        """The close of a month that holds, None where it is open."""
        return next((act for act in self.closes if act.month == month), None)

    def versions(self, month: Month) -> list[Act]:
        """Every close of a month, also those that were reopened, oldest first."""
        return [act for act in self.acts if act.action == "close" and act.month == month]

    def is_reopened(self, close: Act) -> bool:
        """Whether a close no longer holds."""
        return close not in self.closes

    def pricings(self, close: Act) -> list[Pricing]:
        """By what a closed month was priced, one after the other: the tariff of its close, then those of corrections."""
        first = Pricing(
            close.details["tariff"]["id"], close.details["tariff"]["content_sha256"], close.number, ""
        )
        later = [
            Pricing(
                act.details["tariff"]["id"],
                act.details["tariff"]["content_sha256"],
                act.number,
                act.details["reason"],
            )
            for act in self.acts
            if act.action == "correct" and (act.month, act.version) == (close.month, close.version)
        ]
        return [first, *later]

    def pending_pricings(self, close: Act) -> list[Pricing]:
        """The price corrections of a closed month that no closed statement has yet."""
        seen = 0 if self.last_close is None else self.last_close.number
        return [pricing for pricing in self.pricings(close)[1:] if pricing.by > seen]


def read_trail(entries: Sequence[AuditEntry]) -> Trail:
    """The trail of the ledger's entries, whose digests are taken for granted: `verify` looks at them."""
    acts = []
    for number, entry in enumerate(entries, start=1):
        details = json.loads(entry.document)
        assert entry.id is not None
        acts.append(
            Act(
                number,
                entry.id,
                details["action"],
                Month(details["month"]),
                details["version"],
                details,
                entry.sha256,
            )
        )
    return Trail(acts)


def next_entry(trail: Trail, details: Mapping[str, Any]) -> SealedText:
    """The trail's next entry, chained to its last one."""
    previous = trail.acts[-1].sha256 if trail.acts else ""
    document = canonical({**details, "number": len(trail.acts) + 1, "previous": previous})
    return SealedText(document, digest(document), previous)
