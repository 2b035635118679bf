"""Grouping: the lines of a bill summed by cache, charge, account, region, day or a tag's value.

Every grouping sums to the bill's total exactly, because groups add up parts of lines and parts add up to their line.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from billing.bill import Line
from billing.errors import UsageError
from billing.pipeline import MeteredBill
from billing.rating import Part
from rules.charges import CHARGES
from rules.money import AMOUNT_PLACES, plain, scaled, unscaled
from rules.period import Month

DIMENSIONS: dict[str, tuple[str, ...]] = {
    "cache": ("account_id", "region", "cache_id"),
    "charge": ("charge",),
    "account": ("account_id",),
    "region": ("region",),
}
"""The groupings by the lines' own columns; `day` and `tag:KEY` group the parts of lines."""


@dataclass(frozen=True, slots=True)
class Group:
    """The amounts of all lines, or parts of lines, that have the same `key`.

    `key` holds the values of the grouping's `columns`; the value of a tag is None for usage without that tag.
    """

    columns: tuple[str, ...]
    key: tuple[str | None, ...]
    amount: Decimal
    estimated_amount: Decimal
    total_by_charge: dict[str, Decimal]

    def to_json(self) -> dict[str, Any]:
        """The group's key by column, then its amounts as plain strings."""
        return {
            **dict(zip(self.columns, self.key, strict=True)),
            "amount": plain(self.amount),
            "estimated_amount": plain(self.estimated_amount),
            "total_by_charge": {charge: plain(amount) for charge, amount in self.total_by_charge.items()},
        }


def columns_of_grouping(by: str) -> tuple[str, ...]:
    """The names of the columns of a group's key."""
    if by == "day" or tag_of(by) is not None:
        return (by,)
    if by not in DIMENSIONS:
        known = ", ".join([*DIMENSIONS, "day", "tag:KEY"])
        raise UsageError(f"there is no grouping {by!r}", place="--by", hint=f"use one of {known}")
    return DIMENSIONS[by]


def tag_of(by: str | None) -> str | None:
    """The tag key of a grouping `tag:KEY`, else None."""
    if by is None or not by.startswith("tag:"):
        return None
    if not (key := by.removeprefix("tag:")):
        raise UsageError(
            "a grouping by tag needs a key", place="--by", hint="write --by tag:team, for example"
        )
    return key


def group(metered: MeteredBill, by: str) -> tuple[Group, ...]:
    """The bill's groups in the order of their keys; every day of the month is a group, with amount 0 where nothing was used.

    `by` is one of DIMENSIONS, `day` or `tag:KEY`; for the last two the bill must have been metered with that split.
    """
    columns = columns_of_grouping(by)
    if by == "day":
        return _days(metered)
    if tag_of(by) is not None:
        return _sum_up(columns, (((part.tag,), line, part.amount_units) for line, part in _parts(metered)))
    lines = metered.bill.lines
    return _sum_up(
        columns,
        (
            (tuple(getattr(line, column) for column in columns), line, unscaled(line.amount, AMOUNT_PLACES))
            for line in lines
        ),
    )


def _parts(metered: MeteredBill) -> Iterator[tuple[Line, Part]]:
    for line, parts in zip(metered.bill.lines, metered.parts, strict=True):
        for part in parts:
            yield line, part


class DayAmount(NamedTuple):
    """An amount of a day and charge, and the part of it that is of lines with an estimate, counted in the tenth decimal."""

    day: str
    charge: str
    amount: int
    estimated: int


def day_groups(month: Month, amounts: Iterable[DayAmount]) -> tuple[Group, ...]:
    """One group for each day of a month, with amount 0 where nothing was used."""
    units: dict[str, dict[str, int]] = {}
    estimated: dict[str, int] = {}
    for day, charge, amount, part in amounts:
        by_charge = units.setdefault(day, {})
        by_charge[charge] = by_charge.get(charge, 0) + amount
        estimated[day] = estimated.get(day, 0) + part
    return tuple(
        _group(("day",), (day.label,), units.get(day.label, {}), estimated.get(day.label, 0))
        for day in month.days()
    )


def _days(metered: MeteredBill) -> tuple[Group, ...]:
    """One group for each day, of the parts whose slice begins in it."""
    day_of = metered.day_of_slice
    return day_groups(
        metered.bill.month,
        (
            DayAmount(
                day_of[part.slice], line.charge, part.amount_units, part.amount_units if line.estimated else 0
            )
            for line, part in _parts(metered)
        ),
    )


def _sum_up(
    columns: tuple[str, ...], items: Iterable[tuple[tuple[str | None, ...], Line, int]]
) -> tuple[Group, ...]:
    """Sum the amounts, counted in the tenth decimal, by key and charge; keys come sorted, with None last."""
    units: dict[tuple[str | None, ...], dict[str, int]] = {}
    estimated: dict[tuple[str | None, ...], int] = {}
    for key, line, amount in items:
        by_charge = units.setdefault(key, {})
        by_charge[line.charge] = by_charge.get(line.charge, 0) + amount
        if line.estimated:
            estimated[key] = estimated.get(key, 0) + amount
    return tuple(
        _group(columns, key, units[key], estimated.get(key, 0))
        for key in sorted(units, key=lambda key: tuple((value is None, value or "") for value in key))
    )


def _group(
    columns: tuple[str, ...], key: tuple[str | None, ...], units: dict[str, int], estimated: int
) -> Group:
    return Group(
        columns=columns,
        key=key,
        amount=scaled(sum(units.values()), AMOUNT_PLACES),
        estimated_amount=scaled(estimated, AMOUNT_PLACES),
        total_by_charge={
            charge.id: scaled(units[charge.id], AMOUNT_PLACES) for charge in CHARGES if charge.id in units
        },
    )
