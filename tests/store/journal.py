"""A short notation for instances and caches, and the way from it into a store and back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from billing.store import BatchCounts, NewBatch, Store, Writer, create_store
from billing.store.schema import COLUMNS, Kind, content
from billing.workspace import Workspace

IMPORTED_AT = "2026-11-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation of an instance; `hour` is the hour of 2026-10-01 (UTC) in which it was made."""

    id: str
    hour: int
    ended_hour: int | None = None
    cache: str | None = "imc-1"
    retracted: bool = False
    account: str = "a"

    @property
    def content(self) -> dict[str, str]:
        """The columns that differ from the usual, as SQL."""
        ended = "null" if self.ended_hour is None else hour_sql(self.ended_hour)
        return {
            "account_id": f"'{self.account}'",
            "region": "'cn-hangzhou'",
            "instance_id": f"'{self.id}'",
            "cache_id": "null" if self.cache is None else f"'{self.cache}'",
            "started_at": hour_sql(0),
            "ended_at": ended,
            "observed_at": hour_sql(self.hour),
            "retracted": str(self.retracted).lower(),
        }


def hour_sql(hour: int) -> str:
    """The instant so many hours after the begin of 2026-10-01 (UTC)."""
    return f"timestamp '2026-10-01 00:00:00' + to_hours({hour})"


def relation(kind: Kind, rows: Sequence[tuple[int, int, dict[str, str]]]) -> str:
    """A query that gives rows of a kind: batch, line and the columns that are not null, as SQL."""
    types = COLUMNS[kind]
    selects = []
    for batch, line, given in rows:
        columns = [f"cast({given.get(name, 'null')} as {types[name]}) as {name}" for name in content(kind)]
        selects.append(
            f"select cast({batch} as integer) as batch, cast({line} as bigint) as line, {', '.join(columns)}"
        )
    return " union all ".join(selects)


def empty_store(folder: Path) -> Store:
    """A new store in the folder."""
    return create_store(Workspace(folder))


def post(
    writer: Writer,
    observations: Sequence[Seen],
    *,
    name: str,
    merge: bool = False,
    complete: bool = False,
    rejected: int = 0,
) -> BatchCounts:
    """Post the observations as one batch of the writer; lines count from 2."""
    batch = writer.add_batch(
        NewBatch(
            name, "instances", "csv", name, IMPORTED_AT, read=len(observations) + rejected, rejected=rejected
        )
    )
    rows = relation(
        "instances", [(batch, line, each.content) for line, each in enumerate(observations, start=2)]
    )
    writer.connection.execute(f"create or replace temp table incoming as {rows}")
    counts = writer.post("instances", "incoming", merge=merge, complete=complete)
    return counts.get(batch, BatchCounts())


def keep(store: Store, observations: Sequence[Seen], *, name: str, complete: bool = False) -> BatchCounts:
    """Import the observations as one batch."""
    with store.writer() as writer:
        counts = post(writer, observations, name=name, complete=complete)
        writer.commit(imported_at=IMPORTED_AT)
    return counts


def compact(store: Store) -> None:
    """Rewrite all current files of both kinds, whether or not it pays."""
    with store.writer() as writer:
        for kind in ("instances", "caches"):
            files = [file for file in store.record_files() if (file.kind, file.role) == (kind, "current")]
            if files:
                writer.compact(kind, files)


Current = tuple[str, str, int, int | None, str | None, str | None]


def current(store: Store) -> set[Current]:
    """The instances that count: account, id, the hours of observation and end, the cache, what was derived."""
    hours = "(epoch({}) - epoch(timestamp '2026-10-01')) // 3600"
    with store.reader() as reader, reader.connection() as connection:
        rows = connection.execute(
            f"""select account_id, instance_id, {hours.format("observed_at")}, {hours.format("ended_at")}, cache_id,
                derived, sum(sign)
            from every_instance_posting group by all having sum(sign) <> 0"""
        ).fetchall()
    assert all(row[-1] == 1 for row in rows), rows
    return {(row[0], row[1], int(row[2]), None if row[3] is None else int(row[3]), *row[4:6]) for row in rows}


def versions(store: Store) -> list[tuple[int, int]]:
    """Batch and line of every version that was ever kept, in the current files and in history."""
    with store.reader() as reader, reader.connection() as connection:
        return connection.execute(
            """select batch, line from every_instance_posting where sign >= 0
            union all select batch, line from instance_history where sign = 1 order by all"""
        ).fetchall()


def expected(observations: Iterable[Seen]) -> set[Current]:
    """What counts after these observations, in this order: the latest of each record, unless it withdraws it."""
    latest: dict[tuple[str, str], Seen] = {}
    for each in observations:
        known = latest.get((each.account, each.id))
        if known is None or each.hour >= known.hour:
            latest[each.account, each.id] = each
    return {
        (each.account, each.id, each.hour, each.ended_hour, each.cache, None)
        for each in latest.values()
        if not each.retracted
    }
