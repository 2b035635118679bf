"""Faults that a bill can have, planted one beside the other; each says which class it must be found in, and for how much.

Every fault takes an instance of its own (or a row that no other fault touches), so that what is found can be told apart.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from random import Random

from tests.reconciling.provider import HOUR, Instance, Row, priced


@dataclass(frozen=True)
class Planted:
    """What a fault must be found as: the class, what it names (an instance, or an account), and the amount in millionths.

    `amount` None: only that it is found, and about nothing.
    """

    class_: str
    about: str
    amount: int | None


Fault = Callable[[list[Row], str, Random], Planted]


def disks(rows: Sequence[Row], instance: str) -> list[int]:
    """Where the full hours of an instance's disk stand; the first and the last are left alone."""
    found = [at for at, row in enumerate(rows) if row.instance == instance and row.product == "yundisk"]
    return sorted(found, key=lambda at: rows[at].begin)[1:-1]


def some(random: Random, places: Sequence[int], most: int = 3) -> list[int]:
    """A few neighbouring places."""
    count = random.randint(1, min(most, len(places)))
    first = random.randrange(len(places) - count + 1)
    return list(places[first : first + count])


def dropped(rows: list[Row], instance: str, random: Random) -> Planted:
    """Some hours are left out of the bill."""
    chosen = some(random, disks(rows, instance))
    amount = sum(rows[at].gross for at in chosen)
    for at in sorted(chosen, reverse=True):
        del rows[at]
    return Planted("missing_in_bill", instance, -amount)


def unbilled(rows: list[Row], instance: str, random: Random) -> Planted:
    """The whole disk is missing."""
    gone = [row for row in rows if row.instance == instance and row.product == "yundisk"]
    rows[:] = [row for row in rows if row not in gone]
    return Planted("missing_in_bill", instance, -sum(row.gross for row in gone))


def doubled(rows: list[Row], instance: str, random: Random) -> Planted:
    """Some hours stand on the bill twice."""
    chosen = [rows[at] for at in some(random, disks(rows, instance))]
    rows.extend(chosen)
    return Planted("quantity", instance, sum(row.gross for row in chosen))


def dearer(rows: list[Row], instance: str, random: Random) -> Planted:
    """Another price for up to two days."""
    amount = 0
    chosen = some(random, disks(rows, instance), most=48)
    for at in chosen:
        new = priced(rows[at], Fraction(25, 21), "0.0025")
        amount += new.gross - rows[at].gross
        rows[at] = new
    return Planted("price", instance, amount)


def longer(rows: list[Row], instance: str, random: Random) -> Planted:
    """An hour with more usage than there was, at the right price."""
    at = random.choice(disks(rows, instance))
    row = rows[at]
    rows[at] = replace(row, usage=str(Fraction(row.usage) * 3 / 2), gross=row.gross * 3 // 2)
    return Planted("quantity", instance, rows[at].gross - row.gross)


def shifted(rows: list[Row], instance: str, random: Random) -> Planted:
    """The whole disk is billed one or two hours late."""
    by = random.choice((1, 2)) * HOUR
    for at, row in enumerate(rows):
        if row.instance == instance and row.product == "yundisk":
            rows[at] = replace(row, begin=row.begin + by, end=row.end + by)
    return Planted("timing", instance, None)


def coupon(rows: list[Row], instance: str, random: Random) -> Planted:
    """A coupon on some hours."""
    chosen = some(random, disks(rows, instance))
    for at in chosen:
        rows[at] = replace(rows[at], coupon=rows[at].gross // 4)
    return Planted("coupon", "yundisk", -sum(rows[at].coupon for at in chosen))


def voucher(rows: list[Row], instance: str, random: Random) -> Planted:
    """A voucher pays for some hours."""
    chosen = some(random, disks(rows, instance))
    for at in chosen:
        rows[at] = replace(rows[at], voucher=rows[at].gross // 2)
    return Planted("voucher", "yundisk", -sum(rows[at].voucher for at in chosen))


def discount(rows: list[Row], instance: str, random: Random) -> Planted:
    """A discount on every hour of a disk."""
    chosen = disks(rows, instance)
    for at in chosen:
        rows[at] = replace(rows[at], discount=rows[at].gross // 10)
    return Planted("discount", "yundisk", -sum(rows[at].discount for at in chosen))


def refund(rows: list[Row], instance: str, random: Random) -> Planted:
    """An hour is given back in a row of its own."""
    row = rows[random.choice(disks(rows, instance))]
    rows.append(replace(row, kind="Refund", gross=-row.gross))
    return Planted("refund", instance, -row.gross)


def stranger(rows: list[Row], instance: str, random: Random) -> Planted:
    """Rows of an account that isn't ours."""
    chosen = [
        replace(rows[at], account="9009", instance="eci-strange")
        for at in some(random, disks(rows, instance))
    ]
    rows.extend(chosen)
    return Planted("out_of_scope", "9009", sum(row.gross for row in chosen))


def unknown(rows: list[Row], instance: str, random: Random) -> Planted:
    """The disk of an instance that no usage record knows."""
    chosen = [replace(rows[at], instance="eci-unheard-of") for at in some(random, disks(rows, instance))]
    rows.extend(chosen)
    return Planted("missing_in_usage", "eci-unheard-of", sum(row.gross for row in chosen))


def garbled(rows: list[Row], instance: str, random: Random) -> Planted:
    """A row whose bytes no encoding reads: it goes to the quarantine, and what it billed is missing."""
    at = random.choice(disks(rows, instance))
    rows[at] = replace(rows[at], broken=True)
    return Planted("missing_in_bill", instance, -rows[at].gross)


def late(rows: list[Row], instance: str, random: Random) -> Planted:
    """An hour of the next month on this month's bill."""
    row = rows[disks(rows, instance)[0]]
    moved = replace(row, begin=row.begin + timedelta(days=31), end=row.end + timedelta(days=31))
    rows.append(moved)
    return Planted("timing", instance, moved.gross)


FAULTS: tuple[Fault, ...] = (
    dropped, unbilled, doubled, dearer, longer, shifted, coupon, voucher, discount, refund, stranger, unknown, garbled, late,
)  # fmt: skip


def plant(rows: list[Row], instances: Sequence[Instance], random: Random) -> list[Planted]:
    """Two to five different faults, each on an instance of its own."""
    chosen = random.sample(FAULTS, random.randint(2, 5))
    return [
        fault(rows, one.id, random)
        for fault, one in zip(chosen, random.sample(instances, len(chosen)), strict=True)
    ]
