"""The one pipeline: usage records are metered, rated and counted into a bill.

Whatever asks what something costs (the month, a day of it, a tag's share, a cache created otherwise) comes through here, so
two answers can't disagree.
"""

import gc
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from billing.bill import CACHE_OUTCOMES, INSTANCE_OUTCOMES, Bill, Counts, Line, Notice
from billing.metering import MeteredCache, Metering, Slice, Usage, make_slices, meter
from billing.rating import Part, Rated, Split, rate
from billing.store import Reader
from billing.warehouse import Connection, sql_file
from rules.money import AMOUNT_PLACES, scaled
from rules.period import Month, epoch_s
from rules.tariff import Tariff
from rules.units import from_micro


class TagFilter(NamedTuple):
    """Only usage whose tag `key` has this value; where `value` is None, usage that has the tag at all.

    untagged: only usage without the tag; the value is None then.
    """

    key: str
    value: str | None
    untagged: bool = False

    def matches(self, value: str | None) -> bool:
        """Whether usage with this value of the tag belongs to the bill."""
        if self.untagged:
            return value is None
        return value is not None if self.value is None else value == self.value


@dataclass(frozen=True, slots=True)
class MeteredBill:
    """A bill with the parts of its lines: `parts` has each line's parts in the lines' order, `slices` says when they were."""

    bill: Bill
    parts: tuple[tuple[Part, ...], ...]
    slices: tuple[Slice, ...]

    @property
    def day_of_slice(self) -> dict[int, str]:
        """The day of the month that each slice begins in, by the slice's index."""
        days = self.bill.month.days()
        return {
            cut.index: day.label
            for cut in self.slices
            for day in days
            if day.from_s <= cut.from_s < day.until_s
        }


def make_bill(
    reader: Reader,
    month: Month,
    *,
    as_of: datetime,
    tariff: Tariff,
    accounts: Collection[str] | None = None,
    tag_filter: TagFilter | None = None,
) -> Bill:
    """The bill of a month: usage in [month begin, the earlier of month end and `as_of`) under the tariff."""
    return make_metered_bill(
        reader, month, as_of=as_of, tariff=tariff, accounts=accounts, tag_filter=tag_filter
    ).bill


def make_metered_bill(
    reader: Reader,
    month: Month,
    *,
    as_of: datetime,
    tariff: Tariff,
    accounts: Collection[str] | None = None,
    tag_filter: TagFilter | None = None,
    by_tag: str | None = None,
    by_day: bool = False,
) -> MeteredBill:
    """The bill of a month whose lines also come apart by the values of the tag `by_tag`, by day, or by both.

    A tag filter keeps each line's share: the filtered bills of all values sum to the whole bill. `by_tag` must be the
    filter's own key where both are given.
    """
    until_s = min(month.until_s, epoch_s(as_of))
    cuts = [day.from_s for day in month.days()] if by_day else []
    tag = by_tag if tag_filter is None else tag_filter.key
    slices = make_slices(tariff, month.from_s, until_s, cuts)
    with reader.between(month.from_s, until_s) as connection, collector_paused():
        metering = meter(connection, slices, as_of_s=epoch_s(as_of), accounts=accounts, tag=tag)
        rated = rate(metering, tariff, Split(by_tag=tag is not None, by_slice=by_day))
    if tag_filter is not None:
        metering, rated = _filtered(metering, rated, tariff, tag_filter)
    bill = _bill(month, as_of, tariff, metering, rated)
    return MeteredBill(bill, rated.parts, metering.slices)


def bill_over(connection: Connection, month: Month, *, as_of: datetime, tariff: Tariff) -> Bill:
    """The same bill as `make_bill`, over the views of a connection of `Reader.between`, where metering leaves its tables."""
    slices = make_slices(tariff, month.from_s, min(month.until_s, epoch_s(as_of)))
    with collector_paused():
        metering = meter(connection, slices, as_of_s=epoch_s(as_of))
        return _bill(month, as_of, tariff, metering, rate(metering, tariff))


def _bill(month: Month, as_of: datetime, tariff: Tariff, metering: Metering, rated: Rated) -> Bill:
    return Bill(
        month=month,
        as_of=as_of,
        tariff=tariff,
        lines=rated.lines,
        unrated=rated.unrated,
        notices=tuple(sorted(_notices(metering), key=_subject_first)),
        records=_counts(metering, rated),
    )


def created_manually(reader: Reader, month: Month, *, as_of: datetime, tariff: Tariff) -> tuple[Line, ...]:
    """The creation lines of the month as they would stand had the automatic caches been created manually.

    They say what free creation saved; the snapshot is estimated on the cache size wherever its own size is not known.
    """
    until_s = min(month.until_s, epoch_s(as_of))
    slices = make_slices(tariff, month.from_s, until_s)
    with reader.between(month.from_s, until_s) as connection, collector_paused():
        automatic = connection.execute(sql_file("billing", "automatic_keys")).fetchall()
        metering = meter(
            connection,
            slices,
            as_of_s=epoch_s(as_of),
            keys=[key for (key,) in automatic],
            creation_method="manual",
            phases=("creation",),
        )
        return rate(metering, tariff).lines


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep Python from looking for cycles meanwhile: lines are many and never cyclic, and looking takes longer than rating."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _filtered(metering: Metering, rated: Rated, tariff: Tariff, wanted: TagFilter) -> tuple[Metering, Rated]:
    """The share of the metered and rated usage that the filter wants, with every line cut down to its own parts."""
    matching = replace(
        metering,
        quantities=[found for found in metering.quantities if wanted.matches(found.tag)],
        caches=[found for found in metering.caches if wanted.matches(found.tag)],
        usage=[found for found in metering.usage if wanted.matches(found.tag)],
    )
    lines, parts = [], []
    for line, line_parts in zip(rated.lines, rated.parts, strict=True):
        if kept := tuple(part for part in line_parts if wanted.matches(part.tag)):
            estimated = from_micro(sum(part.estimated_micro for part in kept))
            share = line._replace(
                quantity=from_micro(sum(part.quantity_micro for part in kept)),
                amount=scaled(sum(part.amount_units for part in kept), AMOUNT_PLACES),
                estimated=estimated > 0,
                estimated_quantity=estimated,
            )
            lines.append(share)
            parts.append(kept)
    alone = rate(matching, tariff)
    return matching, alone._replace(lines=tuple(lines), parts=tuple(parts))


def _counts(metering: Metering, rated: Rated) -> Counts:
    """The one outcome of every record that exists in the metered interval."""
    return Counts(_cache_outcomes(metering, rated), _instance_outcomes(metering, rated))


def _cache_outcomes(metering: Metering, rated: Rated) -> Counter[str]:
    unrated = {key for kind, key, _, _ in rated.unrated_at if kind == "cache"}
    charged = {key for kind, key, _, _ in rated.charged if kind == "cache"}
    outcomes = Counter(dict.fromkeys(CACHE_OUTCOMES, 0))
    for cache in metering.caches:
        if cache.unmetered:
            outcomes["unmetered"] += 1
        elif cache.cache_key in unrated:
            outcomes["unrated"] += 1
        else:
            outcomes["charged" if cache.cache_key in charged else "free"] += 1
    return outcomes


def _instance_outcomes(metering: Metering, rated: Rated) -> Counter[str]:
    outcomes = Counter(dict.fromkeys(INSTANCE_OUTCOMES, 0))
    for usage in metering.usage:
        if not usage.estimated:
            outcome = _instance_outcome(metering, rated, usage)
            outcomes[outcome] += usage.records
            if outcome not in ("without_cache", "unknown_cache"):
                outcomes[outcome] -= usage.empty_records
                outcomes["free"] += usage.empty_records
    return outcomes


def _instance_outcome(metering: Metering, rated: Rated, usage: Usage) -> str:
    """How the instances of one kind came out: an instance is unrated where any of the slices that it touches is."""
    subject = metering.subjects[usage.cache_key]
    if subject.cache_id is None:
        return "without_cache"
    if subject.creation_method is None:
        return "unknown_cache"
    key, extra = usage.cache_key, usage.extra_ephemeral_micro
    if not rated.unrated_at and ("instance", key, extra, usage.first_slice) in rated.charged:
        return "charged"  # Nearly all, known at once: a month by day has hundreds of thousands of kinds.
    touched = range(usage.first_slice, usage.last_slice + 1)
    if any(("instance", key, extra, index) in rated.unrated_at for index in touched):
        return "unrated"
    return "charged" if any(("instance", key, extra, index) in rated.charged for index in touched) else "free"


def _notices(metering: Metering) -> Iterator[Notice]:
    """What a reader of the bill must know: what was not metered, what was estimated, what was derived."""
    for cache in metering.caches:
        subject = metering.subjects[cache.cache_key]
        for code, applies, message in _cache_findings(cache):
            if applies:
                yield Notice(code, subject.account_id, subject.region, subject.cache_id or "", 1, message)
    unknown: Counter[int] = Counter()
    running: Counter[int] = Counter()
    for usage in metering.usage:
        subject = metering.subjects[usage.cache_key]
        if usage.estimated:
            if subject.creation_method is not None:
                running[usage.cache_key] += usage.records
        elif subject.cache_id is not None and subject.creation_method is None:
            unknown[usage.cache_key] += usage.records
    for counter, code, message in (
        (unknown, "unknown_cache", UNKNOWN_CACHE),
        (running, "open_record", RUNNING),
    ):
        for key, count in counter.items():
            subject = metering.subjects[key]
            yield Notice(code, subject.account_id, subject.region, subject.cache_id or "", count, message)


def _subject_first(notice: Notice) -> tuple[str, ...]:
    """Notices in the order of the lines, whatever the order of import was."""
    return (notice.account_id, notice.region, notice.cache_id, notice.code, notice.message)


UNKNOWN_CACHE = "instances name a cache that no usage record describes: their use is not metered"
RUNNING = "instances run on past their last observation: that part is an estimate"


def _cache_findings(cache: MeteredCache) -> tuple[tuple[str, bool, str], ...]:
    """Code, whether it applies, and the sentence of everything that can be said about a cache."""
    build = (
        "the end of the build is not known: the build is not metered and the snapshot is estimated from created_at"
        if cache.ready_unknown
        else "neither ready_at nor failed_at is known: taken to be building, and not metered"
    )
    return (
        ("unmetered_build", cache.unmetered, build),
        (
            "unmetered_local_snapshot",
            cache.local_snapshot_gap,
            "standard_snapshot_at is not known: the local snapshot's time is not metered",
        ),
        (
            "estimated_size",
            cache.snapshot_unknown,
            "the snapshot's own size is not known: its cost is an upper bound, estimated on the cache size",
        ),
        (
            "open_record",
            cache.open_past_observation,
            "the cache is charged past its last observation: that part is an estimate",
        ),
        ("derived_end", cache.end_derived, "the cache's end follows from its retention: nobody observed it"),
    )
