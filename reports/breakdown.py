"""A total broken down by something: the largest groups, the rest in one line, and the lengths of their bars."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from billing.bill import exact_sum
from billing.grouping import Group
from reports.data import largest
from rules.charges import charge

ROWS_SHOWN = 20
"""Groups that a table names."""


@dataclass(frozen=True, slots=True)
class Row:
    """One group's amounts by phase; `creation_bar` and `usage_bar` are in percent of the longest bar of the table."""

    key: tuple[str | None, ...]
    creation: Decimal
    usage: Decimal
    amount: Decimal
    estimated: Decimal
    creation_bar: int
    usage_bar: int


@dataclass(frozen=True, slots=True)
class Rest:
    """The groups that are not named, in one line."""

    count: int
    creation: Decimal
    usage: Decimal
    amount: Decimal
    estimated: Decimal


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Rows that, with the rest, sum to `amount`."""

    rows: tuple[Row, ...]
    rest: Rest | None
    creation: Decimal
    usage: Decimal
    amount: Decimal
    estimated: Decimal


def break_down(groups: Sequence[Group], *, rows: int = ROWS_SHOWN, in_order: bool = False) -> Breakdown:
    """The largest `rows` groups and the rest; `in_order` keeps all, in the order that they have."""
    ordered = list(groups) if in_order else largest(groups)
    shown, others = (ordered, []) if in_order else (ordered[:rows], ordered[rows:])
    longest = max((abs(found.amount) for found in shown), default=Decimal(0))
    rest = None
    if others:
        rest = Rest(len(others), *_sums(others))
    return Breakdown(tuple(_row(found, longest) for found in shown), rest, *_sums(groups))


def phase_amount(found: Group, phase: str) -> Decimal:
    """What a group's charges of one phase cost."""
    return exact_sum(amount for id, amount in found.total_by_charge.items() if charge(id).phase == phase)


def bar(part: Decimal, longest: Decimal) -> int:
    """A bar's length in whole percent of the longest; a line's width (1) for what is not nothing."""
    if not part or not longest:
        return 0
    return max(1, int(abs(part) * 100 / longest))


def _row(found: Group, longest: Decimal) -> Row:
    creation, usage = phase_amount(found, "creation"), phase_amount(found, "usage")
    return Row(
        found.key,
        creation,
        usage,
        found.amount,
        found.estimated_amount,
        bar(creation, longest),
        bar(usage, longest),
    )


def _sums(groups: Iterable[Group]) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    found = list(groups)
    return (
        exact_sum(phase_amount(one, "creation") for one in found),
        exact_sum(phase_amount(one, "usage") for one in found),
        exact_sum(one.amount for one in found),
        exact_sum(one.estimated_amount for one in found),
    )
