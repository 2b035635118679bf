"""Generated usage records: instances over some months, and the caches that they use; the same numbers in every run."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from billing.store import NewBatch, Store, Writer, create_store
from billing.warehouse import connect, text_literal
from billing.workspace import Workspace
from rules.period import parse_month

CACHES = 5_000
ACCOUNTS = 3
FIRST_MONTH = parse_month("2026-08")
IMPORTED_AT = "2027-12-31T00:00:00Z"


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for the data of one benchmark, below IMCOST_BENCH or the system's own place for temporary files."""
    path = Path(tempfile.mkdtemp(prefix="imcost-bench-", dir=os.environ.get("IMCOST_BENCH")))
    try:
        yield path
    finally:
        shutil.rmtree(path)


def instances_sql(
    rows: int,
    *,
    months: int = 3,
    batch: int = 1,
    first: int = 0,
    from_s: int = FIRST_MONTH.from_s,
    caches: int = CACHES,
    accounts: int = ACCOUNTS,
) -> str:
    """`rows` instances spread evenly over some months: runs of 5 minutes to 6 hours, one in fifty of up to 30 days."""
    span_s = months * 30 * 86400
    return f"""
    select
        {batch} as batch, i + 2 as line, 'acc-' || (key % {accounts}) as account_id, 'cn-hangzhou' as region,
        'eci-' || left(md5((i + {first})::varchar), 20) as instance_id, 'imc-' || lpad(key::varchar, 6, '0') as cache_id,
        2000000::bigint as vcpu_micro, 4000000::bigint as memory_micro, null::bigint as extra_ephemeral_micro,
        make_timestamp(started_s * 1000000) as started_at,
        make_timestamp((started_s + runs_s) * 1000000) as ended_at,
        make_timestamp(({from_s}::bigint + {span_s} + 40 * 86400) * 1000000) as observed_at,
        '{{"team":"t' || (key % 7) || '"}}' as tags, false as retracted, null::varchar as derived
    from (
        select i, (hash(i) % {caches})::bigint as key,
            {from_s} + (i * {span_s}) // {rows} + (hash(i * 11 + 5) % 3600)::bigint as started_s,
            (300 + hash(i * 3 + 1) % 21300
            + case when hash(i * 7 + 2) % 50 = 0 then hash(i * 5 + 3) % 2592000 else 0 end)::bigint as runs_s
        from range({rows}) as r(i)
    )"""


def write_delivered(rows: int, path: Path, *, first: int = 0) -> None:
    """The instances as a source delivers them: Parquet with typed instants and sizes, in the order of time."""
    with connect(path.parent) as connection:
        connection.execute(
            f"""copy (
                select account_id, region, instance_id, cache_id, 2::decimal(18, 6) as vcpu, 4::decimal(18, 6) as memory_gib,
                    started_at::timestamptz as started_at, ended_at::timestamptz as ended_at, tags,
                    observed_at::timestamptz as observed_at
                from ({instances_sql(rows, first=first)})
            ) to {text_literal(str(path))} (format parquet, compression zstd)"""
        )


def caches_sql(batch: int, *, caches: int = CACHES, accounts: int = ACCOUNTS) -> str:
    """The caches: nine in ten manual, of 20 to 320 GiB, made in the month before, half with a known snapshot size."""
    return f"""
    select
        {batch} as batch, i + 2 as line, 'acc-' || (i % {accounts}) as account_id, 'cn-hangzhou' as region,
        'imc-' || lpad(i::varchar, 6, '0') as cache_id, 'cache-' || i as cache_name,
        case when i % 10 = 0 then 'automatic' else 'manual' end as creation_method,
        (20 + i % 300) * 1000000::bigint as size_micro,
        case when i % 2 = 0 then (2 + i % 17) * 1000000::bigint end as snapshot_micro,
        1 as snapshot_copies, 1 as flash_copies, false as instant, null::varchar as images,
        null::varchar as elimination_strategy, false as ready_observed,
        make_timestamp(({FIRST_MONTH.from_s}::bigint - 86400 * (1 + i % 28)) * 1000000) as created_at,
        make_timestamp(({FIRST_MONTH.from_s}::bigint - 86400 * (1 + i % 28) + 300) * 1000000) as ready_at,
        null::timestamp as failed_at, null::timestamp as standard_snapshot_at, null::timestamp as deleted_at,
        null::timestamp as expires_at, null::timestamp as last_matched_at,
        make_timestamp(({FIRST_MONTH.from_s}::bigint + 400 * 86400) * 1000000) as observed_at,
        null::integer as retention_days, null::varchar as snapshot_id, null::varchar as flash_snapshot_id,
        null::varchar as container_group_id, null::varchar as tags, false as retracted, null::varchar as derived
    from range({caches}) as r(i)"""


def add(writer: Writer, kind: str, select: str, name: str) -> None:
    """Post the rows of a query as one batch; the query has the batch number 1, which is replaced by the real one."""
    added = NewBatch(name, kind, "generated", name, IMPORTED_AT)
    batch = writer.add_batch(added)
    writer.connection.execute(
        f"create or replace view rows_to_add as select * replace ({batch} as batch) from ({select})"
    )
    counts = writer.post("instances" if kind == "instances" else "caches", "rows_to_add")
    found = counts[batch]
    added.read = found.new + found.revised + found.unchanged


def workspace(
    path: Path, rows: int, *, months: int = 3, caches: int = CACHES, accounts: int = ACCOUNTS
) -> Store:
    """A workspace with so many instances over some months, and the caches that they use."""
    store = create_store(Workspace(path))
    with store.writer() as writer:
        add(writer, "caches", caches_sql(1, caches=caches, accounts=accounts), "caches")
        instances = instances_sql(rows, months=months, caches=caches, accounts=accounts)
        add(writer, "instances", instances, f"instances-{rows}-{months}")
        writer.commit(imported_at=IMPORTED_AT)
    return store
