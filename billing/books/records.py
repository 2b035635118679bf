"""What the books ask the journal: which records a month has, a digest of them, and what changed since they last looked."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from billing.store import Reader
from billing.warehouse import Connection, sql_file
from rules.period import Month

EVER_S, NEVER_S = -(1 << 62), 1 << 62
ANY_BATCH = (1 << 31) - 1

METERED: Mapping[str, tuple[str, ...]] = {
    "instances": (
        "batch", "line", "account_id", "region", "instance_id", "cache_id", "extra_ephemeral_micro", "started_s", "until_s",
        "known_until_s",
    ),
    "caches": (
        "batch", "line", "account_id", "region", "cache_id", "creation_method", "size_micro", "snapshot_micro", "snapshot_copies",
        "flash_copies", "instant", "created_s", "ready_s", "failed_s", "standard_snapshot_s", "until_s", "known_until_s",
        "ready_observed",
    ),
}  # fmt: skip
"""The canonical row of a record: the version's name, whose it is, and every value that metering reads."""


class Digests(NamedTuple):
    """How many records a month was made of, and the digests of their canonical rows."""

    instances: int
    instances_sha256: str
    caches: int
    caches_sha256: str


def exist(reader: Reader, month: Month) -> bool:
    """Whether any cache or instance exists in a month, charged or not."""
    with reader.between(month.from_s, month.until_s) as connection:
        bound = {"from_s": month.from_s, "until_s": month.until_s}
        found = connection.execute(_sql("records_in_month"), bound).fetchone()
    assert found is not None
    return any(count > 0 for count in found)


def first_second(reader: Reader) -> int | None:
    """The begin of the earliest record that was ever known, in epoch seconds; None where there is none."""
    begins = [
        file.from_s
        for (kind, _), files in reader.files.items()
        if kind != "keys"
        for file in files
        if file.rows
    ]
    return min(begins, default=None)


def digests(reader: Reader, month: Month) -> Digests:
    """The digests of the instances that touch a month, and of all caches: one may be used at any time."""
    with reader.between(month.from_s, month.until_s) as connection:
        touching = f"started_s < {month.until_s} and until_s >= {month.from_s}"
        instances = _digest(connection, "instances", "instance_postings", touching)
        caches = _digest(connection, "caches", "cache_postings", "true")
    return Digests(*instances, *caches)


class Changes(NamedTuple):
    """The cache keys whose charges may have changed, each with the part of time in which they may have."""

    keys: Mapping[int, tuple[int, int]]

    def within(self, month: Month) -> list[int]:
        """The keys whose charges in a month may have changed."""
        return [
            key
            for key, (from_s, until_s) in self.keys.items()
            if from_s < month.until_s and until_s > month.from_s
        ]


def changes(reader: Reader, *, since: int, seen_s: int, as_of_s: int) -> Changes:
    """What changed after batch `since`, which the books last saw at `seen_s`; the present moment is `as_of_s`."""
    whole = reader if reader.last_batch is not None else reader.at(ANY_BATCH)
    bound = {"since": since, "seen_s": seen_s, "as_of_s": as_of_s, "ever_s": EVER_S, "never_s": NEVER_S}
    with whole.connection() as connection:
        rows: list[Any] = connection.execute(_sql("changed_keys"), bound).fetchall()
    return Changes({key: (from_s, until_s) for key, from_s, until_s in rows})


def _digest(connection: Connection, kind: str, postings: str, condition: str) -> tuple[int, str]:
    columns = ", ".join(f"coalesce(cast({column} as varchar), '')" for column in METERED[kind])
    query = _sql("digest").format(postings=postings, condition=condition, columns=columns)
    found = connection.execute(query).fetchone()
    assert found is not None
    return found[0], found[1]


def _sql(name: str) -> str:
    return sql_file("billing.books", name)
