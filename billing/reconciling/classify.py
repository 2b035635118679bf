"""One class for every difference, and the sentence that says why: hours that are missing, cost another price, or are doubled.

Groups of hours are judged, not hours: the same resource at the same price on the bill for the same reason is one difference.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from billing.reconciling.ours import Grain
from billing.reconciling.prices import prices_per_unit, quantities
from billing.reconciling.result import Difference, exact, instant_text
from billing.warehouse import Connection, sql_file
from rules.charges import CHARGES
from rules.money import AMOUNT_PLACES, plain, scaled
from rules.period import DAY_S, HOUR_S
from rules.units import MICRO

WORDS = {"hour": "hour", "day": "day", "month": "month"}
TITLES = {
    "vcpu": "vCPU of a temporary instance", "memory": "memory of a temporary instance", "disk": "cache disk",
    "ephemeral": "extra ephemeral storage", "snapshot": "snapshot", "local_snapshot": "local snapshot",
    "enabling": "enabling of a local snapshot",
}  # fmt: skip


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
        for class_, amount, reason in _judged(group, context):
            yield group, Difference(
                class_, amount, charge_of(group.charge, group.family), group.account_id, group.region, group.cache_id or "",
                "" if group.resource == group.region else group.resource, reason, group.buckets,
            )  # fmt: skip


def _judged(group: Group, context: Context) -> Iterator[tuple[str, Decimal, str]]:
    what, span = TITLES[group.family], when(group.first, group.last, context.grain)
    hours = counted(group.buckets, context.grain)
    if group.state == "rounding":
        yield "rounding", group.difference, f"rounding of {hours} of the {what}"
    elif group.outside:
        yield (
            "timing",
            group.difference,
            f"{hours} of the {what} lie outside of the month ({span}){_place(group, context)}",
        )
    elif group.state == "ours":
        unread = context.unreadable.get(group.resource, "")
        said = f"{hours} of the {what} ({span}) are not on the bill"
        yield (
            "missing_in_bill",
            group.difference,
            said + (f"; rows of it could not be read: {unread}" if unread else ""),
        )
    elif group.state == "theirs":
        yield (
            "missing_in_usage",
            group.difference,
            f"{hours} of the {what} ({span}): {_unexplained(group, context)}{_place(group, context)}",
        )
    elif group.covered and group.difference < 0:
        yield (
            "resource_package",
            group.difference,
            f"a resource package covers {hours} of the {what} ({span})",
        )
    else:
        yield from _both(group, f"{hours} of the {what} ({span})", context)


def _unexplained(group: Group, context: Context) -> str:
    """Why a row of the bill has no usage to stand against."""
    if reason := context.unrated.get((group.family, group.account_id, group.region)):
        return f"metered, but not priced: {reason}"
    match group.kind:
        case "unknown":
            return "the instance names a cache that no usage record describes"
        case "none":
            return "the instance used no cache"
        case None if group.resource and group.resource != group.region:
            return "no usage record knows it; import its records, or ask what it is"
        case None:
            return "no usage record explains it"
    return "we metered nothing of it then"


def _both(group: Group, hours: str, context: Context) -> Iterator[tuple[str, Decimal, str]]:
    """Price or quantity, or each its part, where both sides have the hours."""
    place = _place(group, context)
    own = None if group.num is None or group.den is None else Fraction(group.num * MICRO, group.den)
    quantity = Fraction(group.quantity, MICRO)
    theirs, bound = Fraction(group.theirs), Fraction(group.bound)
    per_s = HOUR_S if group.family == "snapshot" else 1
    listed = prices_per_unit(group.list_price, group.list_price_unit, of_s=per_s) if group.list_price else ()
    if own is not None and group.family == "enabling":
        listed = tuple(Fraction(group.list_price) for _ in listed[:1])
    if own is not None and own in listed:
        yield "quantity", group.difference, f"{hours}: {_doubled(group)} at the same price{place}"
        return
    fitting = [price for price in listed if abs(quantity * price - theirs) <= bound]
    if own is not None and fitting:
        yield (
            "price",
            group.difference,
            f"{hours} cost {group.list_price} {group.list_price_unit} there, {_rate(own, per_s)} here{place}",
        )
        return
    if own is not None and listed and group.usage is not None:
        used = quantities(Fraction(group.usage), group.usage_unit, _fraction(group.period), 1, of_s=per_s)
        whole = [(price, q) for price in listed for q in used if abs(q * price - theirs) <= bound]
        if whole:
            price, their_quantity = whole[0]
            by_price = _rounded(their_quantity * (price - own))
            yield (
                "price",
                by_price,
                f"{hours} cost {group.list_price} {group.list_price_unit} there, {_rate(own, per_s)} here{place}",
            )
            yield (
                "quantity",
                exact([group.difference, -by_price]),
                f"{hours}: another quantity beside another price{place}",
            )
            return
    if group.usage is not None and not listed:
        used = quantities(Fraction(group.usage), group.usage_unit, _fraction(group.period), 1, of_s=per_s)
        if any(abs(q - quantity) * 10_000 <= quantity for q in used):
            yield (
                "price",
                group.difference,
                f"{hours}: the same usage for {plain(group.theirs)}, here {plain(group.ours)}{place}",
            )
            return
    yield (
        "quantity",
        group.difference,
        f"{hours}: {_doubled(group)}, {plain(group.theirs)} there, {plain(group.ours)} here{place}",
    )


def _doubled(group: Group) -> str:
    return "billed more than once" if group.repeated else "another quantity"


def _fraction(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def _rounded(amount: Fraction) -> Decimal:
    """The amount to ten decimals, cut down; what is left stays with the other part."""
    units = amount.numerator * 10**AMOUNT_PLACES // amount.denominator
    return scaled(units, AMOUNT_PLACES)


def _rate(own: Fraction, per_s: int) -> str:
    """Our price per hour as people read it."""
    hourly = own if per_s == HOUR_S else own * HOUR_S
    return plain(_rounded(hourly)) + " an hour"


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


def counted(count: int, grain: Grain) -> str:
    """So many hours or days; of a bill by the month, the month."""
    if grain == "month":
        return "the month"
    return f"{count:,} {WORDS[grain]}{'' if count == 1 else 's'}"


def when(first: int, last: int, grain: Grain) -> str:
    """From when until when, in the billing zone."""
    if grain == "month":
        return "in all"
    if grain == "day":
        days = [instant_text(bucket * DAY_S - 8 * HOUR_S)[:10] for bucket in (first, last)]
        return days[0] if first == last else f"{days[0]} to {days[1]}"
    begin, end = instant_text(first * HOUR_S), instant_text((last + 1) * HOUR_S)
    return f"{begin} to {end}"


def _place(group: Group, context: Context) -> str:
    """Where the first row of a group stands."""
    if group.file is None or group.file not in context.paths:
        return ""
    return f"; {context.paths[group.file]}:{group.line}"


def unreadable_ids(rows: Sequence[tuple[str, int, str]], ids: Sequence[str]) -> dict[str, str]:
    """For each id that a quarantined row names, where those rows are."""
    found: dict[str, str] = {}
    for id in ids:
        places = [f"{path}:{line}" for path, line, raw in rows if id and id in raw]
        if places:
            found[id] = ", ".join(places[:3]) + (f" and {len(places) - 3} more" if len(places) > 3 else "")
    return found
