"""Usage that is on the bill at another time than we metered it: a resource shifted as a whole, or single hours that were moved.

Only a resource that lacks some hours and has too many others is looked at. Where one shift explains every hour of it, that is
what happened; otherwise an hour that is missing and one that is too many belong together where they cost the same,
the nearest first.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from billing.reconciling.classify import Context, charge_of
from billing.reconciling.reasons import Hours, Reason, Span, Thing, reason
from billing.reconciling.result import Difference, exact
from billing.warehouse import Connection, sql_file, temporary_table

MOST_SHIFT = 24
"""Hours (or days) that a whole resource is tried to be shifted by, either way."""

ZERO = Decimal(0)


class Cell(NamedTuple):
    """One bucket of a resource: what each side has, None where it has nothing; see shiftable.sql."""

    bucket: int
    state: str
    ours: Decimal | None
    theirs: Decimal | None
    bound: Decimal
    charge: int | None
    cache_id: str | None

    @property
    def difference(self) -> Decimal:
        """Theirs minus ours."""
        return (self.theirs or ZERO) - (self.ours or ZERO)


Moved = tuple[Cell, Cell]
"""A bucket that is missing, and the one in which it is billed."""


def time_shifts(connection: Connection, context: Context) -> Iterator[Difference]:
    """The differences that are a matter of time; their buckets are remembered in the table `timed`."""
    positions: dict[int, tuple[tuple[str, ...], list[Cell]]] = {}
    for number, family, account_id, region, resource, *cell in connection.execute(
        sql_file("billing.reconciling", "shiftable")
    ).fetchall():
        known = positions.setdefault(number, ((family, account_id, region, resource), []))
        known[1].append(Cell._make(cell))
    timed: list[tuple[int, int]] = []
    for number, (position, cells) in positions.items():
        shift = _whole_shift(cells)
        moved = [] if shift else _moved(cells)
        touched = (
            [cell for cell in cells if cell.state not in ("matched", "rounding")]
            if shift
            else [cell for pair in moved for cell in pair]
        )
        if touched:
            timed += [(number, cell.bucket) for cell in touched]
            said = _said(
                position[0], cells if shift else [pair[0] for pair in moved], _span(shift, moved), context
            )
            yield _difference(position, touched, cells, said)
            if rest := exact(cell.difference for cell in touched):
                why = reason("moved_rounding", why=said)
                yield _difference(position, touched, cells, why)._replace(class_="rounding", amount=rest)
    temporary_table(connection, "timed", {"position": "integer", "bucket": "bigint"}, timed)


def _whole_shift(cells: Sequence[Cell]) -> int:
    """The shift that lets every bucket of theirs meet ours; 0 where there is none."""
    ours = {cell.bucket: cell.ours for cell in cells if cell.ours is not None}
    theirs = {cell.bucket: (cell.theirs, cell.bound) for cell in cells if cell.theirs is not None}
    if not ours or len(ours) != len(theirs):
        return 0
    shift = min(theirs) - min(ours)
    if not 0 < abs(shift) <= MOST_SHIFT:
        return 0
    for bucket, (amount, bound) in theirs.items():
        mine = ours.get(bucket - shift)
        if mine is None or abs(amount - mine) > bound:
            return 0
    return shift


def _moved(cells: Sequence[Cell]) -> list[Moved]:
    """Pairs of a missing and a surplus bucket of one cost, each used once."""
    missing = [cell for cell in cells if cell.state == "ours"]
    moved: list[Moved] = []
    for cell in cells:
        if cell.state != "extra":
            continue
        fitting = [
            (abs(each.bucket - cell.bucket), each.bucket, each)
            for each in missing
            if abs(each.difference + cell.difference) <= each.bound + cell.bound
        ]
        if fitting:
            met = min(fitting)[2]
            missing.remove(met)
            moved.append((met, cell))
    return moved


def _span(shift: int, moved: Sequence[Moved]) -> str:
    """How far, with its sign."""
    apart = sorted({cell.bucket - met.bucket for met, cell in moved} | ({shift} if shift else set()))
    return f"{apart[0]:+d}" if len(apart) == 1 else f"{apart[0]:+d} to {apart[-1]:+d}"


def _said(family: str, cells: Sequence[Cell], apart: str, context: Context) -> Reason:
    mine = [cell.bucket for cell in cells if cell.ours is not None]
    return reason(
        f"moved_{context.grain}",
        hours=Hours(context.grain, len(mine)),
        what=Thing(family),
        span=Span(context.grain, min(mine), max(mine)),
        apart=apart,
    )


def _difference(
    position: tuple[str, ...], touched: Sequence[Cell], cells: Sequence[Cell], why: Reason
) -> Difference:
    """A shift costs nothing in all: what its hours differ by in sum is rounding."""
    family, account_id, region, resource = position
    known = next((cell for cell in cells if cell.charge is not None), cells[0])
    return Difference(
        "timing",
        ZERO,
        charge_of(known.charge, family),
        account_id,
        region,
        known.cache_id or "",
        "" if resource == region else resource,
        why,
        len(touched),
    )
