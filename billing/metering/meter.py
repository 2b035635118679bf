"""The meter: runs the declarations over a workspace's records and gives exact integers back.

The statements run in order, each over the result of the one before: which caches exist (`current_caches`), one pass over
the instances (`usage_patterns`), their seconds by slice (`usage`), and all charges at once (`quantities`). Nothing is multiplied
in SQL, so nothing can overflow or lose its scale: a quantity is what is held times the units of time, and rating multiplies.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, TypeVar

from billing.metering.compile import (
    metered_on_instances,
    quantities_sql,
    sliced_usage_sql,
    stored,
    template,
    usage_patterns_sql,
)
from billing.metering.slices import Slice
from billing.warehouse import Connection, has_rows
from rules.charges import PHASES, VALUE_NAMES
from rules.units import to_micro

_Row = TypeVar("_Row", bound=tuple[Any, ...])


class Metered(NamedTuple):
    """One metered quantity: `held_micro` (x 1 000 000; None: a dated value is missing) times `units` of time.

    `charge` is the index into CHARGES, `slice` the index into the slices; `extra_ephemeral_micro` is the declared extra
    storage of the instances behind an instance charge. `estimated_units` are the units that no observation confirms; where
    `held_estimated` is set all of them are an estimate.
    """

    charge: int
    cache_key: int
    slice: int
    extra_ephemeral_micro: int | None
    tag: str | None
    held_micro: int | None
    held_estimated: bool
    units: int
    estimated_units: int


class Usage(NamedTuple):
    """How many instances of one cache, tag value and declared extra storage touch the slices `first_slice` to `last_slice`.

    Estimated rows count open records again: those that run on past their last observation. `empty_records` are those among
    `records` that have no length.
    """

    cache_key: int
    extra_ephemeral_micro: int | None
    tag: str | None
    first_slice: int
    last_slice: int
    estimated: bool
    records: int
    empty_records: int


class MeteredCache(NamedTuple):
    """A cache that exists in the metered interval, with what is not known about it."""

    cache_key: int
    tag: str | None
    creation_method: str
    unmetered: bool
    ready_unknown: bool
    local_snapshot_gap: bool
    snapshot_unknown: bool
    open_past_observation: bool
    end_derived: bool


class Subject(NamedTuple):
    """Who a cache key stands for; `cache_id` is None for instances without a cache."""

    account_id: str
    region: str
    cache_id: str | None
    creation_method: str | None


@dataclass(frozen=True, slots=True)
class Metering:
    """What the meter found in the slices: quantities, the caches and instances behind them, and the names of the keys."""

    slices: tuple[Slice, ...]
    quantities: list[Metered]
    caches: list[MeteredCache]
    usage: list[Usage]
    subjects: dict[int, Subject]


def meter(
    connection: Connection,
    slices: Sequence[Slice],
    *,
    as_of_s: int,
    accounts: Collection[str] | None = None,
    keys: Collection[int] | None = None,
    tag: str | None = None,
    creation_method: str | None = None,
    phases: Sequence[str] = PHASES,
) -> Metering:
    """Meter the slices over the views `cache_postings`, `instance_postings` and `cache_keys` of the connection.

    `accounts` restricts everything to these accounts, `keys` to these cache keys. `tag` is a tag key: quantities then come
    apart by its value (the instance's, else the cache's). `creation_method` meters the caches as if all had
    been created that way.
    """
    if not slices:
        return Metering((), [], [], [], {})
    make_quantities(
        connection,
        slices,
        as_of_s=as_of_s,
        accounts=accounts,
        keys=keys,
        tag=tag,
        creation_method=creation_method,
        phases=phases,
    )
    return Metering(
        slices=tuple(slices),
        quantities=_named(Metered, connection.execute("from quantities").fetchall()),
        caches=_caches(connection, slices),
        usage=_usage(connection, tag),
        subjects=_subjects(connection),
    )


def make_quantities(
    connection: Connection,
    slices: Sequence[Slice],
    *,
    as_of_s: int,
    accounts: Collection[str] | None = None,
    keys: Collection[int] | None = None,
    tag: str | None = None,
    creation_method: str | None = None,
    phases: Sequence[str] = PHASES,
    counted: bool = True,
) -> None:
    """Make the temporary view `quantities` with what `meter` gives as such, and what stands behind it; there is a slice.

    Instances are looked at only where a charge of the phases is metered on them. counted: whether `usage_patterns` is wanted,
    too, which says how many there are; of many slices and no tag, the quantities alone are made in less time.
    """
    _make_slices(connection, slices)
    selected = accounts is not None or keys is not None
    if selected:
        _select_keys(connection, accounts, keys)
    _make_used_caches(connection, as_of_s)
    caches_sql = template("current_caches").format(
        creation_method="p.creation_method" if creation_method is None else f"'{creation_method}'",
        tag=_tag_sql("p.tags", tag),
        selected="inner join selected_keys using (cache_key)\n" if selected else "",
    )
    _make(connection, "current_caches", caches_sql, tag)
    if counted or tag is not None:
        patterns_sql = usage_patterns_sql(slices, with_tags=tag is not None, selected=selected)
        if not metered_on_instances(phases):
            patterns_sql = f"select * from ({patterns_sql}) where false"
        _make(connection, "usage_patterns", patterns_sql)
        usage_sql = template("usage").format(from_s=slices[0].from_s, tag=_tag_sql("p.tags", tag))
    else:
        usage_sql = sliced_usage_sql(slices, selected=selected)
    _make(connection, "usage", usage_sql, tag)
    connection.execute(f"create or replace temp view quantities as {quantities_sql(phases)}")


def meter_quantities(
    connection: Connection,
    slices: Sequence[Slice],
    *,
    as_of_s: int,
    keys: Collection[int] | None = None,
    phases: Sequence[str] = PHASES,
) -> list[Metered]:
    """The quantities that `meter` gives, and nothing else."""
    if not slices:
        return []
    make_quantities(connection, slices, as_of_s=as_of_s, keys=keys, phases=phases)
    return _named(Metered, connection.execute("from quantities").fetchall())


def _make(connection: Connection, name: str, select: str, tag: str | None = None) -> None:
    """Keep the result of a statement as a temporary table."""
    connection.execute(f"create or replace temp table {name} as {select}", _bound(tag, select))


def _bound(tag: str | None, sql: str) -> dict[str, str]:
    """The tag key as a JSON pointer, bound and never spliced, where the statement asks for it."""
    if tag is None or "$tag" not in sql:
        return {}
    return {"tag": "/" + tag.replace("~", "~0").replace("/", "~1")}


def _tag_sql(tags: str, tag: str | None) -> str:
    """The value of the tag key that is bound as $tag (a JSON pointer), or null where no tag is asked for."""
    return "cast(null as varchar)" if tag is None else f"{tags} ->> $tag"


def _make_slices(connection: Connection, slices: Sequence[Slice]) -> None:
    columns = ("slice", "from_s", "until_s", *(stored(name) for name in VALUE_NAMES))
    rows = []
    for cut in slices:
        dated = ["null" if (value := cut.values[name]) is None else to_micro(value) for name in VALUE_NAMES]
        fields = zip(columns, (cut.index, cut.from_s, cut.until_s, *dated), strict=True)
        rows.append("select " + ", ".join(f"cast({value} as bigint) as {name}" for name, value in fields))
    _make(connection, "slices", " union all ".join(rows))


def _make_used_caches(connection: Connection, as_of_s: int) -> None:
    """Which caches were used is asked only for those whose build has no known end: few, and mostly none."""
    asked_for = template("caches_without_end")
    if has_rows(connection, asked_for):
        sql = template("used_caches").format(as_of_s=as_of_s, asked_for=asked_for)
    else:
        sql = "select cast(null as integer) as cache_key where false"
    _make(connection, "used_caches", sql)


def _select_keys(
    connection: Connection, accounts: Collection[str] | None, keys: Collection[int] | None
) -> None:
    bound: dict[str, list[str] | list[int]] = {}
    conditions = []
    if accounts is not None:
        bound["accounts"] = sorted(accounts)
        conditions.append("account_id in (select unnest($accounts))")
    if keys is not None:
        bound["keys"] = sorted(keys)
        conditions.append("cache_key in (select unnest(cast($keys as integer[])))")
    connection.execute(
        "create or replace temp table selected_keys as "
        f"select cache_key from cache_keys where {' and '.join(conditions)}",
        bound,
    )


def _caches(connection: Connection, slices: Sequence[Slice]) -> list[MeteredCache]:
    """The caches that exist in the metered interval; one that begins and ends in the same second exists, too."""
    sql = template("overlapping_caches").format(from_s=slices[0].from_s, until_s=slices[-1].until_s)
    return _named(MeteredCache, connection.execute(sql).fetchall())


def _usage(connection: Connection, tag: str | None) -> list[Usage]:
    sql = template("instance_counts").format(tag=_tag_sql("p.tags", tag))
    return _named(Usage, connection.execute(sql, _bound(tag, sql)).fetchall())


def _subjects(connection: Connection) -> dict[int, Subject]:
    """The names of all keys that a quantity, a cache or an instance of the interval refers to."""
    rows = connection.execute(template("subjects")).fetchall()
    return dict(zip((key for key, *_ in rows), _named(Subject, [names for _, *names in rows]), strict=True))


def _named(kind: type[_Row], rows: Iterable[Iterable[object]]) -> list[_Row]:
    """Rows with named fields; made without looking at each, which takes three times as long."""
    return list(map(partial(tuple.__new__, kind), rows))
