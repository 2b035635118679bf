"""One class for every difference, and the sentence that says why: hours that are missing, cost another price, or are doubled.

Groups of hours are judged, not hours: the same resource at the same price on the bill for the same reason is one difference.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from billing.reconciling.ours import Grain
from billing.reconciling.prices import prices_per_unit, quantities
from billing.reconciling.reasons import NOTHING, Hours, Reason, Span, Thing, reason
from billing.reconciling.result import Difference, exact
from billing.warehouse import Connection, sql_file
from rules.charges import CHARGES
from rules.money import AMOUNT_PLACES, plain, scaled
from rules.period import HOUR_S
from rules.units import MICRO


class Group(NamedTuple):
    """Hours (or days) of one resource that differ in one way; see groups.sql."""

    state: str
    family: str
    account_id: str
    region: str
    resource: str
    charge: int | None
    cache_id: str | None
    num: int | None
    den: int | None
    list_price: str
    list_price_unit: str
    usage_unit: str
    repeated: bool
    covered: bool
    outside: bool
    kind: str | None
    buckets: int
    first: int
    last: int
    ours: Decimal
    theirs: Decimal
    difference: Decimal
    bound: Decimal
    quantity: int
    usage: Decimal | None
    period: Decimal | None
    file: int | None
    line: int | None


class Context(NamedTuple):
    """What sentences need to know beside a group: the grain, the files' names, what was quarantined for an id."""

    grain: Grain
    paths: Mapping[int, str]
    unreadable: Mapping[str, str]
    unrated: Mapping[tuple[str, str, str], str]
    shifts: tuple[int, ...] = ()


def classified(connection: Connection, context: Context) -> Iterator[tuple[Group, Difference]]:
    """A difference for every group that differs by more than rounding, each with its group."""
    for row in connection.execute(sql_file("billing.reconciling", "groups")).fetchall():
        group = Group._make(row)
        for class_, amount, why in _judged(group, context):
            yield group, Difference(
                class_, amount, charge_of(group.charge, group.family), group.account_id, group.region, group.cache_id or "",
                "" if group.resource == group.region else group.resource, why, group.buckets,
            )  # fmt: skip


def _judged(group: Group, context: Context) -> Iterator[tuple[str, Decimal, Reason]]:
    said = _about(group, context)
    if group.state == "rounding":
        yield "rounding", group.difference, said("rounding")
    elif group.outside:
        yield "timing", group.difference, said("outside")
    elif group.state == "ours":
        unread = context.unreadable.get(group.resource, "")
        why = said("not_on_bill_unread", places=unread) if unread else said("not_on_bill")
        yield "missing_in_bill", group.difference, why
    elif group.state == "theirs":
        yield "missing_in_usage", group.difference, said("not_in_usage", why=_unexplained(group, context))
    elif group.covered and group.difference < 0:
        yield "resource_package", group.difference, said("package")
    else:
        yield from _both(group, said)


def _about(group: Group, context: Context) -> Callable[..., Reason]:
    """Makes sentences about a group: how many hours of what, when, and where the first row of it stands."""
    hours, what = Hours(context.grain, group.buckets), Thing(group.family)
    span, place = Span(context.grain, group.first, group.last), _place(group, context)

    def said(id: str, **filled: str | Reason) -> Reason:
        return reason(id, hours=hours, what=what, span=span, place=place, **filled)

    return said


def _unexplained(group: Group, context: Context) -> Reason:
    """Why a row of the bill has no usage to stand against."""
    if why := context.unrated.get((group.family, group.account_id, group.region)):
        return reason("unpriced", why=why)
    match group.kind:
        case "unknown":
            return reason("unknown_cache")
        case "none":
            return reason("without_cache")
        case None if group.resource and group.resource != group.region:
            return reason("unknown_id")
        case None:
            return reason("unexplained")
    return reason("nothing_metered")


def _both(group: Group, said: Callable[..., Reason]) -> Iterator[tuple[str, Decimal, Reason]]:
    """Price or quantity, or each its part, where both sides have the hours."""
    own = None if group.num is None or group.den is None else Fraction(group.num * MICRO, group.den)
    quantity = Fraction(group.quantity, MICRO)
    theirs, bound = Fraction(group.theirs), Fraction(group.bound)
    per_s = HOUR_S if group.family == "snapshot" else 1
    how = reason("repeated" if group.repeated else "other_quantity")
    amounts = {"theirs": plain(group.theirs), "ours": plain(group.ours)}
    listed = prices_per_unit(group.list_price, group.list_price_unit, of_s=per_s) if group.list_price else ()
    if own is not None and group.family == "enabling":
        listed = tuple(Fraction(group.list_price) for _ in listed[:1])
    if own is not None and own in listed:
        yield "quantity", group.difference, said("same_price", how=how)
        return
    if own is not None and any(abs(quantity * price - theirs) <= bound for price in listed):
        yield "price", group.difference, _other_price(group, own, per_s, said)
        return
    used: Sequence[Fraction] = ()
    if group.usage is not None:
        used = quantities(Fraction(group.usage), group.usage_unit, _fraction(group.period), 1, of_s=per_s)
    if own is not None:
        whole = [(price, q) for price in listed for q in used if abs(q * price - theirs) <= bound]
        if whole:
            price, their_quantity = whole[0]
            by_price = _rounded(their_quantity * (price - own))
            yield "price", by_price, _other_price(group, own, per_s, said)
            yield "quantity", exact([group.difference, -by_price]), said("beside_price")
            return
    if not listed and any(abs(q - quantity) * 10_000 <= quantity for q in used):
        yield "price", group.difference, said("same_usage", **amounts)
        return
    yield "quantity", group.difference, said("other_amount", how=how, **amounts)


def _other_price(group: Group, own: Fraction, per_s: int, said: Callable[..., Reason]) -> Reason:
    return said("other_price", price=group.list_price, unit=group.list_price_unit, own=_rate(own, per_s))


def _fraction(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def _rounded(amount: Fraction) -> Decimal:
    """The amount to ten decimals, cut down; what is left stays with the other part."""
    units = amount.numerator * 10**AMOUNT_PLACES // amount.denominator
    return scaled(units, AMOUNT_PLACES)


def _rate(own: Fraction, per_s: int) -> str:
    """Our price per hour as people read it."""
    hourly = own if per_s == HOUR_S else own * HOUR_S
    return plain(_rounded(hourly))


def charge_of(index: int | None, family: str) -> str:
    """The charge that a difference is about; of a row without usage, the one that its family is most often."""
    if index is not None:
        return CHARGES[index].id
    usual = {
        "vcpu": "creation.instance_vcpu", "memory": "creation.instance_memory", "disk": "usage.cache_disk",
        "ephemeral": "usage.ephemeral_storage", "snapshot": "creation.snapshot", "local_snapshot": "creation.local_snapshot",
        "enabling": "creation.local_snapshot_enabling",
    }  # fmt: skip
    return usual[family]


def _place(group: Group, context: Context) -> Reason:
    """Where the first row of a group stands."""
    if group.file is None or group.file not in context.paths:
        return NOTHING
    return reason("place", path=context.paths[group.file], line=str(group.line))


def unreadable_ids(rows: Sequence[tuple[str, int, str]], ids: Sequence[str]) -> dict[str, str]:
    """For each id that a quarantined row names, where those rows are."""
    found: dict[str, str] = {}
    for id in ids:
        places = [f"{path}:{line}" for path, line, raw in rows if id and id in raw]
        if places:
            found[id] = ", ".join(places[:3]) + (f", … (+{len(places) - 3})" if len(places) > 3 else "")
    return found
