"""The history of quotas, computed in DuckDB: +1 where a cache takes a place, -1 where it gives it back, and running sums."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from billing.store import Reader, Store
from billing.store.models import QuotaObservation
from billing.warehouse import Connection, sql_file
from rules.period import DAY_S, day_end_s, epoch_s, instant, parse_instant
from rules.quota import QUOTAS
from rules.retention import FAILED

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class QuotaStep(NamedTuple):
    """How a quota was used in [at, until): nothing changed in it.

    counted: caches that held a place. observed: the latest observation's number, made at observed_at. limit: the latest that was
    observed; before the first observation that one's, then limit_assumed is set. None: nothing was observed.
    """

    account_id: str
    region: str
    quota: str
    at: datetime
    until: datetime
    counted: int
    observed: int | None
    observed_at: datetime | None
    limit: int | None
    limit_assumed: bool

    @property
    def used(self) -> int:
        """What was observed, else what was counted."""
        return self.counted if self.observed is None else self.observed


def history(
    store: Store,
    reader: Reader,
    *,
    from_: datetime,
    until: datetime,
    accounts: Collection[str] | None = None,
) -> list[QuotaStep]:
    """The history in [from_, until], by account, region, quota and instant; each begins with the state at `from_`."""
    with quota_views(store, reader, accounts=accounts) as connection:
        make_history(connection, epoch_s(from_), epoch_s(until), [epoch_s(from_)])
        rows = connection.execute(quota_sql("quota_steps")).fetchall()
    return [
        QuotaStep(
            account_id, region, quota, instant(at_s), instant(until_s), counted, observed,
            None if observed_s is None else instant(observed_s), limit, limit_assumed,
        )
        for account_id, region, quota, at_s, until_s, counted, observed, observed_s, limit, limit_assumed in rows
    ]  # fmt: skip


class QuotaDay(NamedTuple):
    """One day of a quota in the billing zone, from `from_s` on: its last step, and the most in it, counted or observed."""

    from_s: int
    last: QuotaStep
    most: int


def by_day(steps: Iterable[QuotaStep]) -> dict[tuple[str, str, str], list[QuotaDay]]:
    """A history by account, region and quota, day by day; a day without a change is as the one before it ended."""
    found: dict[tuple[str, str, str], list[QuotaDay]] = {}
    for step in steps:
        days = found.setdefault((step.account_id, step.region, step.quota), [])
        begin_s, until_s = epoch_s(step.at), max(epoch_s(step.until), epoch_s(step.at) + 1)
        while begin_s < until_s:
            from_s = day_end_s(begin_s) - DAY_S
            most = max(step.counted, step.used)
            if days and days[-1].from_s == from_s:
                most = max(most, days.pop().most)
            days.append(QuotaDay(from_s, step, most))
            begin_s = day_end_s(begin_s)
    return found


@contextmanager
def quota_views(
    store: Store, reader: Reader, *, accounts: Collection[str] | None = None
) -> Iterator[Connection]:
    """A connection with the relations that quotas are computed from: `quota_keys`, `quota_places`, `observed_quotas`."""
    with reader.connection() as connection:
        _load(connection, "quota_kinds", _KINDS, [(quota.id, quota.creation_method) for quota in QUOTAS])
        _load(connection, "quota_observations", _OBSERVATIONS, map(_observed, store.quota_observations()))
        for name, bound in (
            ("quota_keys", {"accounts": None if accounts is None else [*accounts]}),
            ("observed_quotas", {}),
        ):
            connection.execute(f"create temp table {name} as {quota_sql(name)}", bound)
        failed_s = FAILED.length // timedelta(seconds=1)
        connection.execute(
            f"create temp view quota_places as {quota_sql('quota_places').format(failed_s=failed_s)}"
        )
        yield connection


def make_history(connection: Connection, from_s: int, until_s: int, marks: Iterable[int]) -> None:
    """Make the relation `quota_history` of [from_s, until_s], with a row of each quota at each of the marks."""
    events = quota_sql("quota_events").format(from_s=from_s, until_s=until_s)
    connection.execute(f"create or replace temp view quota_events as {events}")
    connection.execute(
        f"create or replace temp table quota_history as {quota_sql('quota_history')}",
        {"from_s": from_s, "until_s": until_s, "marks": sorted(set(marks))},
    )


def quota_sql(name: str) -> str:
    """A statement of this package."""
    return sql_file("billing.quotas", name)


_KINDS = {"quota": "varchar", "creation_method": "varchar"}
_OBSERVATIONS = {
    "account_id": "varchar", "region": "varchar", "quota": "varchar", "limit": "bigint", "used": "bigint",
    "observed_us": "bigint",
}  # fmt: skip


def _load(
    connection: Connection, name: str, types: Mapping[str, str], rows: Iterable[Sequence[object]]
) -> None:
    """Make a table of rows; column by column, because a list is bound at once and rows are not."""
    columns = list(zip(*rows, strict=True)) or [()] * len(types)
    unnested = ", ".join(
        f"unnest(cast($c{index} as {type_}[])) as {column!r}".replace("'", '"')
        for index, (column, type_) in enumerate(types.items())
    )
    bound = {f"c{index}": list(column) for index, column in enumerate(columns)}
    connection.execute(f"create temp table {name} as select {unnested}", bound)


def _observed(row: QuotaObservation) -> tuple[object, ...]:
    at_us = (parse_instant(row.observed_at) - _EPOCH) // _MICROSECOND
    return row.account_id, row.region, row.quota, row.limit, row.used, at_us
