"""The oracle's bill: what every record costs in a stretch of time, added up in fractions."""

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby, pairwise
from typing import NamedTuple

from tests.oracle.prices import PriceList
from tests.oracle.records import Cache, Instance, Key, Row, read_caches, read_instances
from tests.oracle.times import HOUR, NEVER, month_window

ORDER = (
    "creation.instance_vcpu",
    "creation.instance_memory",
    "creation.disk",
    "creation.snapshot",
    "creation.local_snapshot",
    "creation.local_snapshot_enabling",
    "creation.automatic",
    "usage.cache_disk",
    "usage.ephemeral_storage",
)

RATES = {
    "creation.instance_vcpu": "eci.vcpu",
    "creation.instance_memory": "eci.memory",
    "creation.disk": "ebs.essd_pl1",
    "creation.snapshot": "ebs.snapshot",
    "creation.local_snapshot": "ebs.instant_access",
    "creation.local_snapshot_enabling": "ebs.instant_access.enabling",
    "usage.cache_disk": "ebs.essd_pl1",
    "usage.ephemeral_storage": "eci.ephemeral_storage",
}

UNITS = {
    "creation.instance_vcpu": "vCPU-second",
    "creation.snapshot": "GiB-hour",
    "creation.local_snapshot_enabling": "enabling",
    "creation.automatic": "creation",
}
"""Where a charge isn't counted in GiB-seconds."""

VALUES = {
    "creation.instance_vcpu": "temporary instance vCPU",
    "creation.instance_memory": "temporary instance GiB",
    "usage.ephemeral_storage": "included storage GiB",
}
"""The tariff's dated value that a charge's quantity depends on."""

Window = tuple[int, int]
Held = Callable[[int], Fraction | None]
"""How much is held at a moment; None where the tariff doesn't say."""


class LineKey(NamedTuple):
    """What makes one line: cache, charge, and when the price and values that hold began to hold."""

    cache: Key
    charge: str
    period_from: int


@dataclass
class Line:
    """One line's quantity, the part of it that is estimated, and its price."""

    quantity: Fraction = Fraction(0)
    estimated_quantity: Fraction = Fraction(0)
    price: Fraction = Fraction(0)

    @property
    def amount(self) -> Fraction:
        """The price of the quantity, rounded half up at the 10th decimal."""
        return half_up(self.quantity * self.price, 10)

    @property
    def estimated(self) -> bool:
        """Whether anything of it is estimated."""
        return self.estimated_quantity > 0


@dataclass
class Bill:
    """The lines, the quantities without a price, and how each record came out."""

    lines: dict[LineKey, Line] = field(default_factory=lambda: defaultdict(Line))
    unrated: dict[tuple[Key, str], Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    caches: Counter[str] = field(default_factory=Counter)
    instances: Counter[str] = field(default_factory=Counter)
    unknown_caches: Counter[Key] = field(default_factory=Counter)
    unmetered_caches: set[Key] = field(default_factory=set)

    @property
    def total(self) -> Fraction:
        """The sum of all lines."""
        return sum((line.amount for line in self.lines.values()), Fraction(0))

    @property
    def estimated_total(self) -> Fraction:
        """The sum of the lines that are estimated in whole or in part."""
        return sum((line.amount for line in self.lines.values() if line.estimated), Fraction(0))


class Piece(NamedTuple):
    """A quantity that is metered in one go: so much of it held for some units of time, inside which nothing changes."""

    charge: str
    at: int
    held: Fraction | None
    units: int
    estimated: bool


def half_up(number: Fraction, places: int) -> Fraction:
    """The number rounded at a decimal place, ties away from zero."""
    scaled = abs(number) * 10**places
    rounded = int(scaled + Fraction(1, 2))
    return Fraction(rounded if number >= 0 else -rounded, 10**places)


def month_bill(
    caches: Sequence[Row], instances: Sequence[Row], prices: PriceList, month: str, as_of: int = NEVER
) -> Bill:
    """The bill of a month, as of a whole second; rows in the order of import."""
    begin, end = month_window(month)
    started = [instance for instance in read_instances(instances) if instance.started < as_of]
    return bill(read_caches(caches), started, prices, (begin, min(end, as_of)), begin)


def bill(
    caches: Sequence[Cache],
    instances: Sequence[Instance],
    prices: PriceList,
    window: Window,
    month_begin: int,
) -> Bill:
    """The bill of a window inside the month that begins at `month_begin`; it begins at a full hour."""
    found = Bill()
    known = {cache.key: cache for cache in caches}
    used = {instance.cache for instance in instances if instance.cache}
    for cache in caches:
        if not overlaps(cache.created, cache.last, window):
            continue
        pieces = list(_of_cache(cache, cache.key in used, prices, window))
        priced, unpriced = _add(found, pieces, cache.key, prices, month_begin)
        if not cache.automatic and cache.build_end is None:
            found.caches["unmetered"] += 1
            found.unmetered_caches.add(cache.key)
        else:
            found.caches[_outcome(priced, unpriced)] += 1
    for instance in instances:
        if not overlaps(instance.started, instance.end, window):
            continue
        if instance.cache is None:
            found.instances["without_cache"] += 1
        elif instance.cache not in known:
            found.instances["unknown_cache"] += 1
            found.unknown_caches[instance.cache] += 1
        else:
            pieces = list(_of_instance(instance, known[instance.cache], prices, window))
            found.instances[_outcome(*_add(found, pieces, instance.cache, prices, month_begin))] += 1
    return found


def overlaps(begin: int, end: int, window: Window) -> bool:
    """Whether a record has a part in the window; one of no length counts where it begins, and an empty window has no parts."""
    return window[0] < window[1] and begin < window[1] and (end > window[0] or begin >= window[0])


def _outcome(priced: bool, unpriced: bool) -> str:
    if unpriced:
        return "unrated"
    return "charged" if priced else "free"


def _add(
    found: Bill, pieces: Iterable[Piece], key: Key, prices: PriceList, month_begin: int
) -> tuple[bool, bool]:
    """Put pieces on their lines; gives whether there was anything with a price, and anything without."""
    priced = unpriced = False
    for piece in pieces:
        if piece.held == 0 or piece.units == 0:
            continue
        rate = RATES.get(piece.charge)
        price = prices.price(rate, key.region, piece.at) if rate else None
        if piece.held is None or (rate and price is None):
            found.unrated[key, piece.charge] += piece.units * (1 if piece.held is None else piece.held)
            unpriced = True
            continue
        quantity = piece.held * piece.units
        line = found.lines[
            LineKey(key, piece.charge, period_begin(piece.charge, key.region, piece.at, prices, month_begin))
        ]
        line.quantity += quantity
        line.estimated_quantity += quantity if piece.estimated else 0
        line.price = price.of_one(unit(piece.charge)) if price else Fraction(0)
        priced = priced or rate is not None
    return priced, unpriced


def unit(charge: str) -> str:
    """The base unit that a charge is counted in."""
    return UNITS.get(charge, "GiB-second")


def period_begin(charge: str, region: str, at: int, prices: PriceList, month_begin: int) -> int:
    """When, inside the month, the price and the dated value that a charge has at a moment began to hold."""

    def holding(moment: int) -> tuple[object, object]:
        rate, value = RATES.get(charge), VALUES.get(charge)
        return (
            prices.price(rate, region, moment) if rate else None,
            prices.value(value, moment) if value else None,
        )

    earlier = [change for change in prices.changes() if month_begin < change <= at]
    begin = month_begin
    for change in earlier:
        if holding(change) != holding(change - 1):
            begin = change
    return begin


def _of_cache(cache: Cache, used: bool, prices: PriceList, window: Window) -> Iterator[Piece]:
    if cache.automatic:
        yield from _event("creation.automatic", cache.created, window)
        return
    if cache.build_end is not None:
        build = (cache.created, cache.build_end)
        for charge in ("creation.instance_vcpu", "creation.instance_memory"):
            yield from _seconds(charge, build, NEVER, _dated(charge, prices), prices, window)
        yield from _seconds("creation.disk", build, NEVER, lambda _: cache.size, prices, window)
    snapshot, sure = cache.snapshot, cache.sure_until
    if snapshot is None:
        snapshot, sure = cache.size, 0
    gib = snapshot * cache.copies
    if cache.ready is not None:
        yield from _hours("creation.snapshot", (cache.ready, cache.end), sure, gib, prices, window)
    elif cache.failed is None and (cache.seen_ready or used):
        yield from _hours("creation.snapshot", (cache.created, cache.end), 0, gib, prices, window)
    if cache.instant:
        yield from _event("creation.local_snapshot_enabling", cache.created, window)
        if cache.ready is not None and cache.standard_snapshot is not None:
            local = (cache.ready, min(cache.standard_snapshot, cache.end))
            flash = snapshot * cache.flash_copies
            # Like the build's, its end was recorded: only its size can be an estimate.
            surely = NEVER if cache.snapshot is not None else 0
            yield from _seconds("creation.local_snapshot", local, surely, lambda _: flash, prices, window)


def _of_instance(instance: Instance, cache: Cache, prices: PriceList, window: Window) -> Iterator[Piece]:
    run = (instance.started, instance.end)
    if not cache.automatic:
        yield from _seconds(
            "usage.cache_disk", run, instance.sure_until, lambda _: cache.size, prices, window
        )
        return

    def extra(at: int) -> Fraction | None:
        if instance.extra is not None:
            return instance.extra
        included = prices.value("included storage GiB", at)
        return None if included is None else max(Fraction(0), cache.size - included.amount)

    yield from _seconds("usage.ephemeral_storage", run, instance.sure_until, extra, prices, window)


def _dated(charge: str, prices: PriceList) -> Held:
    def held(at: int) -> Fraction | None:
        value = prices.value(VALUES[charge], at)
        return None if value is None else value.amount

    return held


def _seconds(
    charge: str, run: Window, sure: int, held: Held, prices: PriceList, window: Window
) -> Iterator[Piece]:
    """Pieces of whole seconds, cut wherever anything may change."""
    begin, end = max(run[0], window[0]), min(run[1], window[1])
    edges = {begin, end, *prices.changes(), sure}
    for one, next_ in pairwise(sorted(edge for edge in edges if begin <= edge <= end)):
        yield Piece(charge, one, held(one), next_ - one, one >= sure)


def _hours(
    charge: str, run: Window, sure: int, gib: Fraction, prices: PriceList, window: Window
) -> Iterator[Piece]:
    """The clock hours that have a second of the run in them, counted up while nothing changes.

    An hour that surely began is sure as a whole.
    """
    begin, end = max(run[0], window[0]), min(run[1], window[1])
    if begin >= end:
        return
    changes = prices.changes()
    touched = range(begin // HOUR * HOUR, end, HOUR)
    alike = groupby(touched, lambda hour: (bisect(changes, hour), max(hour, begin) >= sure))
    for (_, estimated), hours in alike:
        first, *more = hours
        yield Piece(charge, first, gib, 1 + len(more), estimated)


def _event(charge: str, at: int, window: Window) -> Iterator[Piece]:
    if window[0] <= at < window[1]:
        yield Piece(charge, at, Fraction(1), 1, False)
