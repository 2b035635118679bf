"""The slices of a month: half-open intervals inside which no price and no dated value changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from rules.charges import VALUE_NAMES
from rules.period import DAY_S
from rules.tariff import Tariff

DAYS_DIVIDED = 4
"""From so many days on, finding the day by a division is quicker than comparing with each edge."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A half-open part of the month, in epoch seconds, with the dated values that hold in it (None: not known)."""

    index: int
    from_s: int
    until_s: int
    values: Mapping[str, Decimal | None]


def make_slices(tariff: Tariff, from_s: int, until_s: int, cuts: Iterable[int] = ()) -> tuple[Slice, ...]:
    """The slices of [from_s, until_s), cut wherever the tariff changes and at each of `cuts` that lies inside.

    Empty when the interval is: a month that the present moment has not reached has no slices.
    """
    if until_s <= from_s:
        return ()
    inside = {cut for cut in cuts if from_s < cut < until_s}
    edges = [from_s, *sorted(inside | set(tariff.changes(from_s, until_s))), until_s]
    return tuple(
        Slice(index, begin_s, end_s, {name: _value(tariff, name, begin_s) for name in VALUE_NAMES})
        for index, (begin_s, end_s) in enumerate(pairwise(edges))
    )


def whole_days(slices: Sequence[Slice]) -> int:
    """How many edges between the slices lie whole days after their begin, where there is one after every day; else 0.

    A billing day always has 24 hours. Of few days there is none, either: comparing with each edge is quicker then.
    """
    edges = {cut.from_s for cut in slices[1:]}
    days = range(slices[0].from_s + DAY_S, slices[-1].until_s, DAY_S)
    return len(days) if len(days) >= DAYS_DIVIDED and edges.issuperset(days) else 0


def _value(tariff: Tariff, name: str, at_s: int) -> Decimal | None:
    """The dated value at an instant, or None where the tariff has none."""
    dated = tariff.value(name, at_s)
    return None if dated is None else dated.value
