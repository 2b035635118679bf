"""The lives of a month's caches from one pass over its instances; the days of single caches are looked up when they are shown."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from billing.bill import exact_sum
from billing.grouping import Group
from billing.metering import Slice, make_slices
from billing.replaying.pulling import INSTANCE_RATES, known_pull_s
from billing.store import Reader
from billing.warehouse import Connection, sql_file
from rules.charges import charge
from rules.money import plain, round_fraction
from rules.period import DAY_S, Month, epoch_s, instant, rfc3339
from rules.retention import kept_until
from rules.tariff import Tariff
from rules.units import MICRO, from_micro

CacheName = tuple[str, str, str]
"""A cache's account, region and id."""

End = Literal["kept", "failed", "expired", "evicted", "deleted"]
"""What became of a cache up to the month's end; evicted is a conclusion: its quota was full when it was deleted."""


@dataclass(frozen=True, slots=True)
class CacheUse:
    """What started from a cache in the month.

    days: a set of the month's days as bits, the first day the lowest. pull_s: seconds of pulling that they would have needed
    without it, None where what it stores isn't known; pull_amount: what they would have cost meanwhile, None where a price is
    missing or none of them has a recorded size; unsized: how many of them have none, which are not in it.
    """

    starts: int = 0
    days: int = 0
    last_started_s: int | None = None
    pull_s: int | None = None
    pull_amount: Decimal | None = None
    unsized: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheLife:
    """A cache as the month knew it: its fields those of the journal, `use` what started from it, and what it cost by phase.

    first_s, last_s: the part of the month in which it was there, half-open. days_kept: the days that this part touches.
    """

    cache_key: int
    account_id: str
    region: str
    cache_id: str
    cache_name: str | None
    creation_method: Literal["manual", "automatic"]
    size_micro: int
    snapshot_micro: int | None
    images: tuple[str, ...]
    elimination_strategy: str | None
    retention_days: int | None
    expires_s: int | None
    last_matched_s: int | None
    created_s: int
    ready_s: int | None
    failed_s: int | None
    first_s: int
    last_s: int
    days_kept: int
    end: End
    use: CacheUse
    creation: Decimal
    usage: Decimal

    @property
    def name(self) -> CacheName:
        """Account, region and id."""
        return self.account_id, self.region, self.cache_id

    @property
    def amount(self) -> Decimal:
        """What it cost in the month."""
        return exact_sum((self.creation, self.usage))

    def to_json(self) -> dict[str, Any]:
        """The life as docs/report-data.md has it: times in RFC 3339, amounts and sizes as plain strings."""
        pull_amount, per_start = self.use.pull_amount, self.per_start
        return {
            "account_id": self.account_id,
            "region": self.region,
            "cache_id": self.cache_id,
            "cache_name": self.cache_name,
            "creation_method": self.creation_method,
            "size_gib": plain(from_micro(self.size_micro)),
            "snapshot_gib": None if self.snapshot_micro is None else plain(from_micro(self.snapshot_micro)),
            "images": list(self.images),
            "created_at": rfc3339(instant(self.created_s)),
            "ready_at": None if self.ready_s is None else rfc3339(instant(self.ready_s)),
            "there_from": rfc3339(instant(self.first_s)),
            "there_until": rfc3339(instant(self.last_s)),
            "end": self.end,
            "days_kept": self.days_kept,
            "days_used": self.days_used,
            "starts": self.use.starts,
            "creation": plain(self.creation),
            "usage": plain(self.usage),
            "amount": plain(self.amount),
            "per_start": None if per_start is None else plain(per_start),
            "pull_saved_s": self.use.pull_s,
            "pull_saved_amount": None if pull_amount is None else plain(pull_amount),
        }

    @property
    def days_used(self) -> int:
        """On how many days an instance started from it."""
        return self.use.days.bit_count()

    @property
    def per_start(self) -> Decimal | None:
        """What each start cost, rounded half up at the tenth decimal; None where none started."""
        return round_fraction(Fraction(self.amount) / self.use.starts) if self.use.starts else None


class _Slice(NamedTuple):
    """A part of a cache's use in which prices don't change."""

    slice: int
    starts: int
    vcpu_micro: int
    memory_micro: int
    unsized: int
    last_started_s: int
    days: int


def cache_lives(
    reader: Reader,
    month: Month,
    *,
    until_s: int,
    account: str | None,
    tariff: Tariff,
    groups: Sequence[Group],
    evicted: Collection[int] = (),
) -> tuple[CacheLife, ...]:
    """The caches that exist in the month up to `until_s` or that an instance started from, the dearest first.

    groups: the bill by cache, which says what each cost. evicted: keys of the caches that made room for others.
    """
    slices = make_slices(tariff, month.from_s, min(until_s, month.until_s))
    if not slices:
        return ()
    last_s = slices[-1].until_s
    costs = {group.key: group for group in groups}
    with _days(reader, month, slices, account) as connection:
        uses: defaultdict[int, list[_Slice]] = defaultdict(list)
        for key, *row in connection.execute(_sql("cache_uses")).fetchall():
            uses[key].append(_Slice._make(row))
        rows = connection.execute(
            _sql("cache_lives"), {"from_s": month.from_s, "until_s": last_s, "account": account}
        )
        names = [column[0] for column in rows.description]
        records = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    lives = [
        _life(record, uses.get(record["cache_key"], []), slices, tariff, costs, frozenset(evicted))
        for record in records
    ]
    return tuple(sorted(lives, key=lambda life: (-life.amount, -life.use.starts, life.name)))


def used_by_day(
    reader: Reader, month: Month, keys: Collection[int], *, until_s: int
) -> Mapping[int, Mapping[int, int]]:
    """By cache key, how many instances started on each day of the month, counted from 0; days without any are left out."""
    found: dict[int, dict[int, int]] = {key: {} for key in keys}
    if not keys or until_s <= month.from_s:
        return found
    with reader.between(month.from_s, until_s) as connection:
        rows = connection.execute(
            _sql("starts_by_day"), {"from_s": month.from_s, "until_s": until_s, "keys": sorted(keys)}
        ).fetchall()
    for key, day, starts in rows:
        found[key][day] = starts
    return found


@contextmanager
def _days(reader: Reader, month: Month, slices: Sequence[Slice], account: str | None) -> Iterator[Connection]:
    """A connection with cache_days: one pass over the month's instances."""
    with reader.between(month.from_s, slices[-1].until_s) as connection:
        later = " + ".join(f"cast(i.started_s >= {cut.from_s} as integer)" for cut in slices[1:])
        connection.execute(
            f"create or replace temp table cache_days as {_sql('cache_days').format(slice=later or 0)}",
            {"from_s": month.from_s, "until_s": slices[-1].until_s, "account": account},
        )
        yield connection


def _life(
    record: Mapping[str, Any],
    used: Sequence[_Slice],
    slices: Sequence[Slice],
    tariff: Tariff,
    costs: Mapping[tuple[str | None, ...], Group],
    evicted: frozenset[int],
) -> CacheLife:
    from_s, until_s = slices[0].from_s, slices[-1].until_s
    name = (record["account_id"], record["region"], record["cache_id"])
    first_s = min(max(record["created_s"], from_s), until_s)
    last_s = max(first_s, min(record["until_s"], until_s))
    fields = {key: value for key, value in record.items() if key not in ("until_s", "end_derived", "images")}
    cost = costs.get(name)
    by_charge = {} if cost is None else cost.total_by_charge
    creation, usage = (
        exact_sum(amount for id, amount in by_charge.items() if charge(id).phase == phase)
        for phase in ("creation", "usage")
    )
    return CacheLife(
        **fields,
        images=_images(record["images"]),
        first_s=first_s,
        last_s=last_s,
        days_kept=0
        if last_s == first_s
        else (last_s - 1 - from_s) // DAY_S - (first_s - from_s) // DAY_S + 1,
        end=_end(record, until_s, record["cache_key"] in evicted),
        use=_use(record, used, slices, tariff),
        creation=creation,
        usage=usage,
    )


def _end(record: Mapping[str, Any], until_s: int, evicted: bool) -> End:
    if record["failed_s"] is not None and record["ready_s"] is None:
        return "failed"
    if record["until_s"] >= until_s:
        return "kept"
    if evicted:
        return "evicted"
    rule_s = record["expires_s"]
    if rule_s is None:
        matched_s = record["last_matched_s"]
        ruled = kept_until(
            record["creation_method"],
            created_at=instant(record["created_s"]),
            last_matched_at=None if matched_s is None else instant(matched_s),
            retention_days=record["retention_days"],
        )
        rule_s = None if ruled is None else epoch_s(ruled)
    by_rule = record["end_derived"] or (rule_s is not None and record["until_s"] >= rule_s)
    return "expired" if by_rule else "deleted"


def _use(
    record: Mapping[str, Any], used: Sequence[_Slice], slices: Sequence[Slice], tariff: Tariff
) -> CacheUse:
    if not used:
        return CacheUse()
    starts, unsized = sum(each.starts for each in used), sum(each.unsized for each in used)
    build_s = None if record["ready_s"] is None else max(0, record["ready_s"] - record["created_s"])
    each_s = known_pull_s(record["snapshot_micro"], build_s)
    amount = None
    if each_s is not None and unsized < starts:
        amount = _pull_amount(each_s, used, slices, tariff, record["region"])
    days = 0
    for each in used:
        days |= each.days
    return CacheUse(
        starts=starts,
        days=days,
        last_started_s=max(each.last_started_s for each in used),
        pull_s=None if each_s is None else each_s * starts,
        pull_amount=amount,
        unsized=unsized,
    )


def _pull_amount(
    each_s: int, used: Sequence[_Slice], slices: Sequence[Slice], tariff: Tariff, region: str
) -> Decimal | None:
    """What the instances would have cost while they pull for so long, at the prices of when they started."""
    cost = Fraction(0)
    for each in used:
        for (name, unit), micro in zip(INSTANCE_RATES, (each.vcpu_micro, each.memory_micro), strict=True):
            rate = tariff.rate(name, region, slices[each.slice].from_s)
            if rate is None:
                return None
            cost += rate.price.per_unit(unit) * micro * each_s / MICRO
    return round_fraction(cost)


def _images(text: str | None) -> tuple[str, ...]:
    """The images by name; none where they are not recorded."""
    return tuple(sorted(map(str, json.loads(text)))) if text else ()


def _sql(name: str) -> str:
    return sql_file("billing.lives", name)
