"""A reconciliation as values: both totals, the classes that the difference comes apart into, every difference with its reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from billing.reconciling.loading import BillFile
from billing.reconciling.reasons import Reason
from billing.reconciling.sources import Quarantined
from rules.money import plain, scaled, unscaled

PLACES = 15
"""Decimals that amounts of a bill may have; ours have ten."""

CLASSES: Mapping[str, str] = {
    "matched": "both sides say the same",
    "rounding": "the provider rounds row by row, we round once a line",
    "price": "the same usage at another price",
    "quantity": "the same price for another quantity",
    "missing_in_bill": "we metered it, the bill does not have it",
    "missing_in_usage": "the bill has it, no usage record explains it",
    "timing": "billed for other hours than we metered",
    "coupon": "taken off by a coupon",
    "voucher": "paid with a voucher",
    "discount": "taken off the list price",
    "resource_package": "covered by a resource package",
    "refund": "given back, or adjusted afterwards",
    "tax": "tax on top",
    "out_of_scope": "no cost of an image cache, or not of these accounts",
}
"""The classes in the order in which a bridge goes from our total to theirs, and what each means."""

COMPARED = ("price", "quantity", "missing_in_bill", "missing_in_usage", "timing")
"""Classes that say that the two sides disagree: what a tolerance is for. The others are the way to the amount due."""


class Difference(NamedTuple):
    """One difference: exactly one class, an exact amount (theirs minus ours), a sentence.

    `rows` says how many rows or hours are behind it; ids are empty where a difference is not about one of them.
    """

    class_: str
    amount: Decimal
    charge: str
    account_id: str
    region: str
    cache_id: str
    instance_id: str
    reason: Reason
    rows: int = 1

    def to_json(self) -> dict[str, Any]:
        """The difference as interface.md has it; ids that it isn't about are null."""
        found = {
            name: value or None for name, value in self._asdict().items() if name not in ("class_", "amount")
        }
        return {"class": self.class_, "amount": plain(self.amount), **found, "reason": str(self.reason)}


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What the two sides may disagree by: an absolute amount, and a share of our total; the larger one counts."""

    absolute: Decimal = Decimal(0)
    share: Decimal = Decimal(0)

    def of(self, ours: Decimal) -> Decimal:
        """The tolerated amount for a total."""
        return max(self.absolute, abs(ours) * self.share)


class BrokenRow(NamedTuple):
    """A row of the bill whose own numbers contradict each other."""

    path: str
    line: int
    message: Reason
    amount: Decimal

    def to_json(self) -> dict[str, Any]:
        """The row with its fields' own names."""
        return {**self._asdict(), "message": str(self.message), "amount": plain(self.amount)}


class AllocatedSnapshot(NamedTuple):
    """What one cache has of a region's snapshot rows: theirs by GiB-hours, and ours."""

    account_id: str
    region: str
    cache_id: str
    theirs: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """One month against one bill. `theirs` is the amount due, `gross` what it is before anything is taken off.

    `grain` is what the bill's rows are for: hour, day or month; `zones` names the files whose hours aren't the billing zone's.
    """

    month: str
    currency: str
    as_of: str
    tariff: Mapping[str, str]
    ours: Decimal
    theirs: Decimal
    gross: Decimal
    grain: str
    matched: int
    differences: tuple[Difference, ...]
    tolerance: Decimal
    files: tuple[BillFile, ...]
    quarantine: tuple[Quarantined, ...] = ()
    broken: tuple[BrokenRow, ...] = ()
    broken_count: int = 0
    allocated: tuple[AllocatedSnapshot, ...] = ()
    zones: Mapping[str, int] = field(default_factory=dict)

    @property
    def difference(self) -> Decimal:
        """Theirs minus ours: the exact sum of all classes."""
        return exact([self.theirs, -self.ours])

    def amount(self, class_: str) -> Decimal:
        """The exact sum of a class."""
        return exact(each.amount for each in self.differences if each.class_ == class_)

    def count(self, class_: str) -> int:
        """How many hours matched; of another class, how many differences it has."""
        if class_ == "matched":
            return self.matched
        return sum(1 for each in self.differences if each.class_ == class_)

    @property
    def disagreement(self) -> Decimal:
        """The sum of what the sides disagree by, each difference taken without its sign: opposite ones don't cancel."""
        return exact(abs(each.amount) for each in self.differences if each.class_ in COMPARED)

    @property
    def reconciles(self) -> bool:
        """Whether the disagreement is within the tolerance."""
        return self.disagreement <= self.tolerance

    def to_json(self) -> dict[str, Any]:
        """The answer as interface.md has it, with what leads from our total to the amount due."""
        return {
            "month": self.month,
            "currency": self.currency,
            "as_of": self.as_of,
            "tariff": dict(self.tariff),
            "ours": plain(self.ours),
            "theirs": plain(self.theirs),
            "difference": plain(self.difference),
            "gross": plain(self.gross),
            "disagreement": plain(self.disagreement),
            "tolerance": plain(self.tolerance),
            "reconciles": self.reconciles,
            "grain": self.grain,
            "classes": {
                name: {"count": self.count(name), "amount": plain(self.amount(name))} for name in CLASSES
            },
            "differences": [each.to_json() for each in self.differences],
            "allocated_snapshots": [
                {**each._asdict(), "theirs": plain(each.theirs)} for each in self.allocated
            ],
            "zones": [{"path": path, "shifted_hours": hours} for path, hours in self.zones.items()],
            "broken_rows": {"count": self.broken_count, "rows": [each.to_json() for each in self.broken]},
            "files": [
                {"path": each.path, "format": each.format, "rows": each.rows, "quarantined": each.quarantined}
                for each in self.files
            ],
            "quarantine": [each.to_json() for each in self.quarantine],
        }


def exact(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of amounts of at most fifteen decimals, exact however many and large they are."""
    return scaled(sum(unscaled(amount, PLACES) for amount in amounts), PLACES)
