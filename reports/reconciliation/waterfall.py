"""The bridge from our total to the amount due as floating bars: where each begins and how long it is."""

from decimal import Decimal
from typing import Literal, NamedTuple

from billing.reconciling import CLASSES, Reconciliation
from billing.reconciling.result import COMPARED

Kind = Literal["total", "more", "less"]


class Step(NamedTuple):
    """One step of the bridge: `ours`, a class, or `due`.

    `from_` and `long` are hundredths of the chart's width, at least one where there is an amount.
    """

    name: str
    amount: Decimal
    rows: int
    kind: Kind
    compared: bool
    from_: int
    long: int


def steps(found: Reconciliation) -> list[Step]:
    """Ours, each class that has differences, and what is due."""
    names = [name for name in CLASSES if name != "matched" and found.count(name)]
    amounts = [found.amount(name) for name in names]
    reached = [found.ours]
    for amount in amounts:
        reached.append(reached[-1] + amount)
    low, high = min(Decimal(0), *reached), max(Decimal(0), *reached)
    made = [_step("ours", found.ours, found.matched, "total", Decimal(0), low, high)]
    for name, amount, begin in zip(names, amounts, reached, strict=False):
        kind: Kind = "more" if amount > 0 else "less"
        start = begin if amount > 0 else begin + amount
        step = _step(name, amount, found.count(name), kind, start, low, high)
        made.append(step._replace(compared=name in COMPARED))
    made.append(_step("due", found.theirs, 0, "total", Decimal(0), low, high))
    return made


def _step(
    name: str, amount: Decimal, rows: int, kind: Kind, start: Decimal, low: Decimal, high: Decimal
) -> Step:
    if kind == "total":
        start = min(start, amount)
    from_ = _hundredths(start - low, high - low)
    long = _hundredths(abs(amount), high - low)
    if amount and not long:
        long = 1
    return Step(name, amount, rows, kind, False, min(from_, 100 - long), long)


def _hundredths(part: Decimal, whole: Decimal) -> int:
    """A share in whole hundredths; nothing of nothing."""
    return int(part * 100 / whole) if whole else 0
