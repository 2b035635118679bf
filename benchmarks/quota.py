"""Quotas over a million cache records: the history against one plain window sum over the same events, and one accounting.

The records are caches of three accounts and two regions over a year, a tenth of them automatic, some failed, some kept for days;
two in a hundred were revised. The plain query sums +1 and -1 over the journal's postings in one window, and does nothing else.
"""

import json
import sys
from pathlib import Path

from benchmarks.generated import IMPORTED_AT, add, folder
from benchmarks.measuring import apart, in_turn, peak_mib, table
from billing.quotas.accounting import quota_uses
from billing.quotas.history import make_history, quota_sql, quota_views
from billing.store import Store, create_store, open_store
from billing.warehouse import Connection
from billing.workspace import Workspace
from rules.period import DAY_S, Month, instant, parse_month

CACHES = 1_000_000
YEAR_S = 365 * DAY_S
FROM_S = parse_month("2026-01").from_s


def caches_sql(caches: int) -> str:
    """Caches made evenly over a year; most are deleted within 60 days, one in twenty failed, one in ten expires by rule."""
    return f"""
    select
        1 as batch, i + 2 as line, 'acc-' || (i % 3) as account_id,
        case when i % 2 = 0 then 'cn-hangzhou' else 'cn-shanghai' end as region,
        'imc-' || lpad(i::varchar, 8, '0') as cache_id, 'cache-' || i as cache_name,
        case when i % 10 = 0 then 'automatic' else 'manual' end as creation_method,
        40000000::bigint as size_micro, 2000000::bigint as snapshot_micro, 1 as snapshot_copies, 1 as flash_copies,
        false as instant, null::varchar as images,
        case when i % 7 = 0 then 'LRU' end as elimination_strategy, false as ready_observed,
        make_timestamp(made_s * 1000000) as created_at,
        case when i % 20 <> 1 then make_timestamp((made_s + 300) * 1000000) end as ready_at,
        case when i % 20 = 1 then make_timestamp((made_s + 300) * 1000000) end as failed_at,
        null::timestamp as standard_snapshot_at,
        case when i % 20 <> 1 and i % 10 <> 2 then make_timestamp((made_s + 600 + kept_s) * 1000000) end as deleted_at,
        null::timestamp as expires_at, make_timestamp((made_s + 400) * 1000000) as last_matched_at,
        make_timestamp((made_s + 500) * 1000000) as observed_at,
        case when i % 10 = 2 then 30 end::integer as retention_days, null::varchar as snapshot_id,
        null::varchar as flash_snapshot_id, null::varchar as container_group_id, null::varchar as tags,
        false as retracted, null::varchar as derived
    from (
        select i, {FROM_S} + (i * {YEAR_S}) // {caches} as made_s, (hash(i) % {60 * DAY_S})::bigint as kept_s
        from range({caches}) as r(i)
    )"""


def workspace(path: Path, caches: int = CACHES) -> Store:
    """A workspace with so many caches, two in a hundred of them revised."""
    store = create_store(Workspace(path))
    later = f"""select * replace (deleted_at + interval 1 hour as deleted_at, observed_at + interval 1 day as observed_at)
        from ({caches_sql(caches)}) where line % 50 = 0"""
    for name, query in (("caches", caches_sql(caches)), ("revisions", later)):
        with store.writer() as writer:
            add(writer, "caches", query, name)
            writer.commit(imported_at=IMPORTED_AT)
    return store


def plain(connection: Connection) -> None:
    """One window sum over the events, as one would write it by hand."""
    connection.execute(
        """create or replace temp table plain as
        select *, sum(delta) over (partition by account_id, region, creation_method order by at_s) as counted
        from (
            select account_id, region, creation_method, created_s as at_s, sign as delta from cache_postings
            union all
            select account_id, region, creation_method, until_s, -sign from cache_postings
        )"""
    )


def history(connection: Connection) -> None:
    """The history of the whole year, with the places of failed builds and reversals taken care of."""
    make_history(connection, FROM_S, FROM_S + YEAR_S, [FROM_S])
    connection.execute(f"create or replace temp table steps as {quota_sql('quota_steps')}")


def run_apart(path: str) -> None:
    """What a process of its own does: measure the workspace and print the figures."""
    at = instant(Month("2026-10").from_s + 12 * DAY_S)
    store = open_store(Workspace(Path(path)))
    with store.reader() as reader, quota_views(store, reader) as connection:
        ours, theirs = in_turn(lambda: history(connection), lambda: plain(connection))
    with store.reader() as reader, quota_views(store, reader) as connection:
        (state,) = in_turn(lambda: quota_uses(connection, at=at))
    figures = {"history_ns": ours, "plain_ns": theirs, "state_ns": state, "peak_mib": peak_mib()}
    sys.stdout.write(json.dumps(figures) + "\n")


def main() -> None:
    """Measure and print."""
    with folder() as path:
        workspace(path / "quotas")
        found = apart("quota", str(path / "quotas"))
    table(
        "Quotas",
        [
            (
                f"history of {CACHES:,} caches",
                f"{found['history_ns'] / found['plain_ns']:.2f} × plain window sum",
                "≤ 4 ×",
                f"{found['peak_mib']} MiB",
            ),
            ("all quotas at a moment", f"{found['state_ns'] // 1_000_000} ms", "≤ 1 s", ""),
        ],
    )


if __name__ == "__main__":
    run_apart(sys.argv[1]) if len(sys.argv) > 1 else main()
