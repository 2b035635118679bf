"""A replay's records as relations, and the meter run over them: the changed records go where the recorded ones go.

A recorded cache keeps its key; every further life of it has a key of its own. The instances of a month are many and their
charges add up, so they are metered once as they were recorded, by what is chosen for their caches; those that miss are
metered again and taken off. That is the same sum to the last unit.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from billing.metering import Metered, Slice, meter_quantities
from billing.replaying.plan import Plan
from billing.store.schema import OPEN_S
from billing.warehouse import Connection, sql_file, temporary_table

SHADOW_CACHES, SHADOW_INSTANCES = "cache_postings", "instance_postings"

FORM_TYPES = {
    "cache_key": "integer",
    "creation_method": "varchar",
    "size_micro": "bigint",
    "snapshot_micro": "bigint",
    "instant": "boolean",
}


class LifeRow(NamedTuple):
    """When a cache of the replay begins and ends, with the journal's columns; a cache may have several lives."""

    cache_key: int
    created_s: int
    ready_s: int | None
    standard_snapshot_s: int | None
    until_s: int
    known_until_s: int
    end_derived: bool


LIFE_TYPES = dict.fromkeys(LifeRow._fields, "bigint") | {"cache_key": "integer", "end_derived": "boolean"}
MISSED_TYPES = {"cache_key": "integer", "started_s": "bigint", "disk": "boolean"}


class Pull(NamedTuple):
    """The instances of a cache that miss it and start in a slice: their number, and what they have in all."""

    cache_key: int
    slice: int
    instances: int
    vcpu_micro: int
    memory_micro: int
    unsized: int


def metered_usage(
    connection: Connection,
    slices: Sequence[Slice],
    as_of_s: int,
    forms: Iterable[Plan],
    keys: Collection[int] | None = None,
) -> list[Metered]:
    """What the recorded instances of some caches (None: of all) are charged by, those of `forms` made as they are chosen."""
    rows = (
        (plan.cache.cache_key, plan.creation_method, plan.size_micro, plan.snapshot_micro, plan.instant)
        for plan in forms
    )
    temporary_table(connection, "forms", FORM_TYPES, rows)
    connection.execute(f"create or replace temp table formed_caches as {_sql('forms')}")
    with _shadow(connection, SHADOW_CACHES, "from formed_caches"):
        return meter_quantities(connection, slices, as_of_s=as_of_s, phases=("usage",), keys=keys)


def metered_lives(
    connection: Connection, slices: Sequence[Slice], as_of_s: int, lives: Iterable[LifeRow]
) -> list[Metered]:
    """What the caches of the replay are charged by themselves, none of their instances; made as `metered_usage` was told."""
    temporary_table(connection, "lives", LIFE_TYPES, lives)
    connection.execute(f"create or replace temp table lived_caches as {_sql('lives')}")
    with (
        _shadow(connection, SHADOW_INSTANCES, "from instance_postings where false"),
        _shadow(connection, SHADOW_CACHES, "from lived_caches"),
    ):
        return meter_quantities(connection, slices, as_of_s=as_of_s, phases=("creation",))


def keep_starting(connection: Connection, from_s: int, until_s: int) -> None:
    """Keep the instances that start in [from_s, until_s) at hand, for `find_missed`."""
    select = _sql("starting_instances").format(from_s=from_s, until_s=until_s, open_s=OPEN_S)
    connection.execute(f"create or replace temp table starting_instances as {select}")


def find_missed(connection: Connection, missed: Iterable[tuple[Plan, Sequence[int]]]) -> list[Pull]:
    """Keep the instances that miss, for `metered_missed`, and say what pulls; `missed` has the seconds in which they start."""
    rows = (
        (plan.cache.cache_key, started_s, plan.creation_method == "manual")
        for plan, seconds in missed
        for started_s in seconds
    )
    temporary_table(connection, "missed", MISSED_TYPES, rows)
    connection.execute(f"create or replace temp table missed_instances as {_sql('missed_instances')}")
    return [Pull._make(row) for row in connection.execute(_sql("pulls")).fetchall()]


def metered_missed(connection: Connection, slices: Sequence[Slice], as_of_s: int) -> Iterator[Metered]:
    """What a hit would have charged the instances that miss, as quantities that take it off `metered_usage`."""
    with (
        _shadow(connection, SHADOW_INSTANCES, "from missed_instances where disk"),
        _shadow(connection, SHADOW_CACHES, "from formed_caches"),
    ):
        found = meter_quantities(connection, slices, as_of_s=as_of_s, phases=("usage",))
    for quantity in found:
        yield quantity._replace(units=-quantity.units, estimated_units=-quantity.estimated_units)


def start_counts(connection: Connection, from_s: int, until_s: int) -> dict[int, int]:
    """How many instances start from each cache in [from_s, until_s)."""
    return dict(connection.execute(_sql("start_counts").format(from_s=from_s, until_s=until_s)).fetchall())


@contextmanager
def _shadow(connection: Connection, name: str, select: str) -> Iterator[None]:
    """Let the meter find these rows under the name of the recorded ones."""
    connection.execute(f"create or replace temp table replayed_{name} as {select}")
    connection.execute(f"create or replace temp view {name} as from replayed_{name}")
    try:
        yield
    finally:
        connection.execute(f"drop view temp.{name}")


def _sql(name: str) -> str:
    return sql_file("billing.replaying", name)
