"""The meter for a handful of records that nobody has stored: the same declarations, evaluated without a database.

It exists because a database takes longer to start than an estimate may take. Tests hold the two evaluators together: the
records behind an estimate are imported, and the bill has the same lines.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from billing.metering.meter import Metered, Metering, Subject
from billing.metering.slices import Slice
from rules.charges import CHARGES, Charge
from rules.period import started_hours
from rules.units import to_micro

Columns = Mapping[str, Decimal | int | None]


class CacheRecord(NamedTuple):
    """A cache whose whole life is known; instants are epoch seconds.

    `snapshot_gib` None: estimated on `size_gib`. `standard_snapshot_s` None: an instant cache's local snapshot has no time.
    """

    account_id: str
    region: str
    cache_id: str
    creation_method: Literal["manual", "automatic"]
    size_gib: Decimal
    snapshot_gib: Decimal | None
    instant: bool
    created_s: int
    ready_s: int
    standard_snapshot_s: int | None
    deleted_s: int

    def columns(self) -> Columns:
        """The columns that declarations speak of."""
        standard = self.standard_snapshot_s
        return {
            "size_gib": self.size_gib,
            "snapshot_gib": self.snapshot_gib,
            "snapshot_copies": 1,
            "flash_copies": 1,
            "instant": int(self.instant),
            "created_at": self.created_s,
            "ready_at": self.ready_s,
            "build_end_at": self.ready_s,
            "snapshot_begin_at": self.ready_s,
            "local_snapshot_end_at": None if standard is None else min(standard, self.deleted_s),
            "until_at": self.deleted_s,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceRecords:
    """`count` instances alike; `cache_id` None: made without a cache; `pulled_s` None: nothing is pulled."""

    account_id: str
    region: str
    cache_id: str | None
    vcpu: Decimal
    memory_gib: Decimal
    extra_ephemeral_gib: Decimal | None
    started_s: int
    pulled_s: int | None
    ended_s: int
    count: int

    def columns(self, cache: CacheRecord | None) -> Columns:
        """The columns that declarations speak of, with those of the cache."""
        of_cache = (
            {} if cache is None else {f"cache.{name}": value for name, value in cache.columns().items()}
        )
        return {
            "vcpu": self.vcpu,
            "memory_gib": self.memory_gib,
            "extra_ephemeral_gib": self.extra_ephemeral_gib,
            "started_at": self.started_s,
            "pulled_at": self.pulled_s,
            "until_at": self.ended_s,
            **of_cache,
        }


def meter_records(
    caches: Sequence[CacheRecord],
    instances: Sequence[InstanceRecords],
    slices: Sequence[Slice],
    *,
    charges: Sequence[Charge] = CHARGES,
) -> Metering:
    """The quantities of the records in the slices; `caches` and `usage`, from which a bill counts outcomes, stay empty."""
    keys: dict[Subject, int] = {}
    quantities: list[Metered] = []
    known = {(cache.account_id, cache.region, cache.cache_id): cache for cache in caches}
    for cache in caches:
        subject = Subject(cache.account_id, cache.region, cache.cache_id, cache.creation_method)
        key = keys.setdefault(subject, len(keys))
        quantities += _quantities("cache", subject, key, cache.columns(), 1, slices, charges)
    for group in instances:
        used = known.get((group.account_id, group.region, group.cache_id or ""))
        method = None if used is None else used.creation_method
        subject = Subject(group.account_id, group.region, group.cache_id, method)
        key = keys.setdefault(subject, len(keys))
        quantities += _quantities("instance", subject, key, group.columns(used), group.count, slices, charges)
    return Metering(tuple(slices), quantities, [], [], {key: subject for subject, key in keys.items()})


def _quantities(
    record: str,
    subject: Subject,
    key: int,
    columns: Columns,
    count: int,
    slices: Sequence[Slice],
    charges: Sequence[Charge],
) -> Iterator[Metered]:
    """What one record, or `count` alike, is charged for."""
    for index, charge in enumerate(charges):
        if charge.record != record or charge.creation_method not in ("any", subject.creation_method):
            continue
        if charge.requires is not None and not columns[charge.requires]:
            continue
        extra = columns.get("extra_ephemeral_gib")
        for cut in slices:
            if units := _units(charge, columns, cut):
                held = charge.held.evaluate(columns, cut.values)
                yield Metered(
                    charge=index,
                    cache_key=key,
                    slice=cut.index,
                    extra_ephemeral_micro=None if extra is None else to_micro(Decimal(extra)),
                    tag=None,
                    held_micro=None if held is None else to_micro(held),
                    held_estimated=any(columns[name] is None for name in charge.estimated_when),
                    units=units * count,
                    estimated_units=0,
                )


def _units(charge: Charge, columns: Columns, cut: Slice) -> int:
    """The seconds, started hours or events of a charge inside a slice."""
    begin_s, end_s = columns[charge.begin], columns[charge.end]
    if begin_s is None or end_s is None:
        return 0
    if charge.time == "event":
        return int(cut.from_s <= begin_s < cut.until_s)
    first_s, last_s = max(int(begin_s), cut.from_s), min(int(end_s), cut.until_s)
    if last_s <= first_s:
        return 0
    return last_s - first_s if charge.time == "second" else started_hours(first_s, last_s)
