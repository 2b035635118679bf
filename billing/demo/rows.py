"""The rows of the made-up company's usage records, as imcost's own columns have them, and how they are written into files."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence

from billing.demo.timeline import Cache, Instance
from billing.demo.workloads import Workload
from rules.money import plain, scaled
from rules.period import rfc3339

CENTI_PLACES = 2
Row = Mapping[str, str]

CACHE_COLUMNS = (
    "cache_id", "account_id", "region", "cache_name", "creation_method", "size_gib", "snapshot_gib", "instant", "images",
    "created_at", "ready_at", "failed_at", "standard_snapshot_at", "deleted_at", "retention_days",
    "last_matched_at", "tags", "observed_at",
)  # fmt: skip
INSTANCE_COLUMNS = (
    "instance_id", "account_id", "region", "cache_id", "vcpu", "memory_gib", "extra_ephemeral_gib", "started_at", "ended_at",
    "tags", "observed_at",
)  # fmt: skip
QUOTA_COLUMNS = ("account_id", "region", "quota", "limit", "used", "observed_at")


def cache_row(cache: Cache, at_s: int, *, logged: bool = False) -> Row:
    """The cache as an export at a moment has it; where deletions were logged, that of its retention is known, too."""
    work = cache.workload
    size_gib = work.size_gib + work.extra_gib if work.automatic else work.size_gib
    snapshot = (
        "" if cache.snapshot_centi_gib is None else plain(scaled(cache.snapshot_centi_gib, CENTI_PLACES))
    )
    return {
        "cache_id": cache.cache_id,
        "account_id": work.account,
        "region": work.region,
        "cache_name": cache.name,
        "creation_method": "automatic" if work.automatic else "manual",
        "size_gib": str(size_gib),
        "snapshot_gib": snapshot,
        "instant": "true" if work.instant else "false",
        "images": json.dumps([f"{work.repository}:v{cache.version}"]),
        "created_at": rfc3339(cache.created_s),
        "ready_at": _time(cache.ready_s, at_s),
        "failed_at": _time(cache.failed_s, at_s),
        "standard_snapshot_at": _time(cache.standard_snapshot_s, at_s),
        "deleted_at": _time(cache.ended_s, at_s) if logged or work.keep_days is None else "",
        "retention_days": "" if work.keep_days is None else str(work.keep_days),
        "last_matched_at": _last_matched(cache, at_s),
        "tags": _tags(work),
        "observed_at": rfc3339(at_s),
    }


def _last_matched(cache: Cache, at_s: int) -> str:
    """An automatic cache is matched until its successor comes."""
    if not cache.workload.automatic or cache.ready_s is None or cache.ready_s >= at_s:
        return ""
    return rfc3339(max(cache.ready_s, min(cache.succeeded_s, at_s - 3600)))


def instance_row(run: Instance, at_s: int) -> Row:
    """The run as an export at a moment has it, which knows no later end."""
    work = run.workload
    return {
        "instance_id": run.instance_id,
        "account_id": work.account,
        "region": work.region,
        "cache_id": run.cache_id or "",
        "vcpu": str(work.vcpu),
        "memory_gib": str(work.memory_gib),
        "extra_ephemeral_gib": str(work.extra_gib) if work.automatic else "",
        "started_at": rfc3339(run.started_s),
        "ended_at": _time(run.ended_s, at_s),
        "tags": _tags(work),
        "observed_at": rfc3339(at_s),
    }


def _time(second: int | None, at_s: int) -> str:
    """The time of something that had happened by `at_s`."""
    return "" if second is None or second >= at_s else rfc3339(second)


def _tags(work: Workload) -> str:
    return json.dumps({"team": work.team, "env": work.env})


def as_csv(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """The rows as CSV with a head."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_json_lines(rows: Iterable[Row]) -> bytes:
    """The rows as JSON Lines: what is empty is left out, tags are an object."""
    lines = (
        {name: value for name, value in row.items() if value} | {"tags": json.loads(row["tags"])}
        for row in rows
    )
    return "".join(json.dumps(line) + "\n" for line in lines).encode()
