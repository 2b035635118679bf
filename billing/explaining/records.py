"""The usage records behind a charge: what is metered of each, and which row of which file said so, with all its revisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from billing.explaining.finding import Key
from billing.warehouse import Connection, sql_file
from rules.period import rfc3339

Paths = Mapping[int, str]
"""The file of each batch."""

MOST_LISTED = 5_000
"""Records of a line that are listed unless more are asked for: a cache may have millions in a month."""


class Version(NamedTuple):
    """One version of a record: the batch, its file, the line in it (None: it stands in no file, a complete list ended it)."""

    batch: int
    path: str
    line: int | None
    observed_s: int
    withdraws: bool

    def to_json(self) -> dict[str, Any]:
        """The version, with its instant in RFC 3339."""
        return {
            "batch": self.batch,
            "path": self.path,
            "line": self.line,
            "observed_at": rfc3339(self.observed_s),
            "withdraws": self.withdraws,
        }


@dataclass(frozen=True, slots=True)
class Behind:
    """A record that counts: `columns` are the stored values that metering reads, `versions` all that were ever known of it.

    revision: which of them counts, from 1.
    """

    kind: str
    id: str
    columns: Mapping[str, Any]
    revision: int
    versions: tuple[Version, ...]

    @property
    def version(self) -> Version:
        """The version that counts."""
        return self.versions[self.revision - 1]


def cache_behind(connection: Connection, key: Key, paths: Paths) -> Behind | None:
    """The cache of a key as the meter has just seen it, None where none counts."""
    rows = _rows(connection, "cache_columns", {"key": key.key})
    if not rows:
        return None
    counting = connection.execute(
        "select batch, line from cache_records where cache_key = $key", {"key": key.key}
    ).fetchone()
    assert counting is not None
    assert key.cache_id is not None
    versions = _versions(_rows(connection, "cache_versions", {"key": key.key}), paths)
    return _behind("cache", key.cache_id, rows[0], counting, versions.get(key.cache_id, []), paths)


class Listed(NamedTuple):
    """Which of the records behind a line are listed: the earliest so many, or only one by its name; the others are summed up."""

    most: int = MOST_LISTED
    record: str | None = None


EARLIEST = Listed()
"""The earliest MOST_LISTED."""


class Sums(NamedTuple):
    """What the instances of one declared extra storage come to; see sums_behind.sql."""

    extra_ephemeral_micro: int | None
    records: int
    seconds: int
    running_on: int
    first_running_on: Mapping[str, Any] | None


def sums_behind(connection: Connection, key: Key, from_s: int, until_s: int) -> list[Sums]:
    """What the instances of a cache that run inside [from_s, until_s) come to, by declared extra storage."""
    span = {"from_s": from_s, "until_s": until_s}
    select = sql_file("billing.explaining", "instances_behind")
    connection.execute(f"create or replace temp table all_behind as {select}", {"key": key.key} | span)
    return [Sums(**row) for row in _rows(connection, "sums_behind", span)]


def instances_behind(
    connection: Connection, key: Key, extras: Sequence[int | None], listed: Listed, paths: Paths
) -> list[Behind]:
    """Of the instances that `sums_behind` has just summed up, those that are listed, by their begin.

    extras: the declared extra storage of which records count.
    """
    bound = {
        "extras": [-1 if extra is None else extra for extra in extras],
        "record": listed.record,
        "most": listed.most,
    }
    select = sql_file("billing.explaining", "behind")
    connection.execute(f"create or replace temp table behind as {select}", bound)
    rows = fetched(connection.execute("from behind order by started_s, instance_id"))
    found = _rows(connection, "instance_versions", {"account": key.account_id, "region": key.region})
    versions = _versions(found, paths)
    return [
        _behind(
            "instance",
            row["instance_id"],
            row,
            (row["batch"], row["line"]),
            versions.get(row["instance_id"], []),
            paths,
        )
        for row in rows
    ]


def _behind(
    kind: str,
    id: str,
    columns: Mapping[str, Any],
    counting: tuple[int, int],
    versions: list[Version],
    paths: Paths,
) -> Behind:
    """The record with its versions; the one that counts is found by its batch and line."""
    batch, line = counting
    for number, version in enumerate(versions, start=1):
        if (version.batch, version.line) == (batch, line if line > 0 else None):
            return Behind(kind, id, columns, number, tuple(versions))
    raise AssertionError(f"{kind} {id} counts by batch {batch}, line {line}, of which there is no version")


def _versions(rows: Sequence[Mapping[str, Any]], paths: Paths) -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = {}
    for row in rows:
        line = row["line"] if row["line"] > 0 else None
        version = Version(
            row["batch"], paths.get(row["batch"], ""), line, row["observed_s"], row["withdraws"]
        )
        found.setdefault(row["record"], []).append(version)
    return found


def _rows(connection: Connection, name: str, bound: Mapping[str, Any]) -> list[dict[str, Any]]:
    return fetched(connection.execute(sql_file("billing.explaining", name), dict(bound)))


def fetched(found: Connection) -> list[dict[str, Any]]:
    """The rows of a result by column."""
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
