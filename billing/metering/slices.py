"""The slices of a month: half-open intervals inside which no price and no dated value changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from rules.charges import VALUE_NAMES
from rules.tariff import Tariff


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


def _value(tariff: Tariff, name: str, at_s: int) -> Decimal | None:
    """The dated value at an instant, or None where the tariff has none."""
    dated = tariff.value(name, at_s)
    return None if dated is None else dated.value
