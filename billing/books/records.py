"""What the books ask the journal: which records a month has, a digest of them, and what changed since they last looked."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from billing.store import Reader
from billing.warehouse import Connection, sql_file
from rules.period import Month

EVER_S, NEVER_S = -(1 << 62), 1 << 62
ANY_BATCH = (1 << 31) - 1

METERED: Mapping[str, tuple[str, ...]] = {
    "instances": (
        "line", "cache_key", "instance_id", "extra_ephemeral_micro", "started_s", "until_s", "known_until_s",
    ),
    "caches": (
        "line", "cache_key", "account_id", "region", "cache_id", "creation_method", "size_micro", "snapshot_micro",
        "snapshot_copies", "flash_copies", "instant", "created_s", "ready_s", "failed_s", "standard_snapshot_s", "until_s",
        "known_until_s", "ready_observed",
    ),
}  # fmt: skip
"""The canonical row of a record: its line in the batch, and every value that metering reads; a cache says what its key means."""


UNKNOWN = {"extra_ephemeral_micro", "snapshot_micro", "ready_s", "failed_s", "standard_snapshot_s"}
"""The columns that may be null: `concat_ws` would leave them out."""


class Digests(NamedTuple):
    """How many records a month was made of, and the digests of their canonical rows."""

    instances: int
    instances_sha256: str
    caches: int
    caches_sha256: str


def earliest_existence(reader: Reader, from_s: int, until_s: int) -> int | None:
    """The first second of [from_s, until_s) in which a cache or instance exists, charged or not; `from_s` begins a month."""
    with reader.between(from_s, until_s) as connection:
        bound = {"from_s": from_s, "until_s": until_s}
        found = connection.execute(_sql("earliest_existence"), bound).fetchone()
    return None if found is None else found[0]


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
    """What statements of form 1 say of their records: the instances that touch a month, and all caches."""
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


def changes(reader: Reader, *, since: int, seen_s: int, as_of_s: int, closed_until_s: int) -> Changes:
    """What changed after batch `since`, which the books last saw at `seen_s`; the present moment is `as_of_s`.

    Instances that start at or after `closed_until_s`, where the last closed month ends, change no closed month and are left out.
    """
    whole = reader if reader.last_batch is not None else reader.at(ANY_BATCH)
    bound = {
        "since": since,
        "seen_s": seen_s,
        "as_of_s": as_of_s,
        "closed_until_s": closed_until_s,
        "ever_s": EVER_S,
        "never_s": NEVER_S,
    }
    with whole.connection() as connection:
        rows: list[Any] = connection.execute(_sql("changed_keys"), bound).fetchall()
    return Changes({key: (from_s, until_s) for key, from_s, until_s in rows})


def _digest(connection: Connection, kind: str, postings: str, condition: str) -> tuple[int, str]:
    """How many records there are, and SHA-256 over the digests of their buckets, in order of batch and line."""
    columns = ", ".join(
        f"coalesce(cast({column} as varchar), '')" if column in UNKNOWN else column
        for column in METERED[kind]
    )
    query = _sql("digest").format(postings=postings, condition=condition, columns=columns)
    connection.execute(
        f"create or replace temp table taken_back as select batch, line from {postings} where sign = -1"
    )
    chunks = connection.execute(
        f"select distinct batch, line // 1000000 as chunk from {postings} where sign = 1 and {condition} order by all"
    ).fetchall()
    records, whole = 0, sha256()
    for batch, chunk in chunks:
        for count, bucket in connection.execute(query, {"batch": batch, "chunk": chunk}).fetchall():
            records += count
            whole.update(bucket.encode("ascii"))
    return records, whole.hexdigest()


def _sql(name: str) -> str:
    return sql_file("billing.books", name)
