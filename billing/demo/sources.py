"""The files that the made-up company's usage records come in: two exports a month, as one would keep them.

The export in the middle of a month still sees instances running that the one at its end knows the end of, so importing both
shows revisions. A few rows are wrong, and a correction follows.
"""

import csv
import gzip
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from billing.demo.timeline import Cache, Instance, caches, instances, releases
from billing.demo.workloads import LEARNING, WORKLOADS, Workload
from rules.money import plain, scaled
from rules.period import Month, rfc3339

TARIFF = "example-company"
CENTI_PLACES = 2
MOST_AGE_S = 75 * 24 * 3600
"""Caches that are older than this when the month before begins are left out."""

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


def write_sources(folder: Path, month: Month) -> tuple[Path, ...]:
    """Write the exports of a month and of the one before, and give their paths in the order to import them."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for each in (month.previous(), month):
        for name, content in _exports(each):
            path = folder / f"{each.label}-{name}"
            path.write_bytes(content)
            paths.append(path)
    return tuple(paths)


def write_tariff(folder: Path, month: Month) -> str:
    """Write the company's own tariff, unless it has one, and give its name."""
    path = folder / f"{TARIFF}.toml"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        template = Path(__file__).with_name("tariff.toml").read_text(encoding="utf-8")
        path.write_text(template.replace("DISCOUNT_DAY", month.days()[14].label), encoding="utf-8")
    return TARIFF


def _exports(month: Month) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file of a month."""
    middle_s = month.days()[15].from_s
    for label, from_s, at_s in (("15", month.from_s, middle_s), ("end", middle_s, month.until_s)):
        found = list(_caches(month, at_s))
        rows = [_cache_row(cache, at_s) for cache in found]
        runs = [run for run in _instances(month) if run.started_s < at_s and run.ended_s >= from_s]
        learning = [_instance_row(run, at_s) for run in runs if run.workload.account == LEARNING]
        others = [_instance_row(run, at_s) for run in runs if run.workload.account != LEARNING]
        yield f"{label}-caches.csv", _csv(CACHE_COLUMNS, rows)
        yield f"{label}-instances.csv.gz", gzip.compress(_csv(INSTANCE_COLUMNS, _spoiled(others)), mtime=0)
        yield f"{label}-instances-learning.jsonl", _json_lines(learning)
        yield f"{label}-quotas.csv", _csv(QUOTA_COLUMNS, _quotas(found, at_s))
    yield "corrections.csv", _csv(INSTANCE_COLUMNS, _corrections(month))


def _caches(month: Month, at_s: int) -> Iterator[Cache]:
    """The caches that an export at a moment lists: the living ones, and those deleted by hand."""
    for workload in WORKLOADS:
        for number in releases(workload, month.previous().from_s - MOST_AGE_S, at_s):
            for cache in caches(workload, number):
                expired = (
                    cache.ended_s is not None and cache.ended_s <= at_s and workload.keep_days is not None
                )
                gone = cache.ended_s is not None and cache.ended_s < month.from_s
                if cache.created_s < at_s and not expired and not gone:
                    yield cache


def _instances(month: Month) -> Iterator[Instance]:
    """The runs that began in a month or in the last days before it."""
    for workload in WORKLOADS:
        for day in (*month.previous().days()[-2:], *month.days()):
            yield from instances(workload, day)


def _cache_row(cache: Cache, at_s: int) -> Row:
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
        "deleted_at": "" if work.keep_days is not None else _time(cache.ended_s, at_s),
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


def _instance_row(run: Instance, at_s: int) -> Row:
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


SPOILED: tuple[tuple[str, str], ...] = (
    ("ended_at", "2021-01-01T00:00:00+08:00"),
    ("started_at", "yesterday"),
    ("extra_ephemeral_gib", "40GB"),
    ("instance_id", ""),
    ("started_at", "2026-01-01 10:00:00"),
)
"""What some rows say instead: an end before the start, no time, a unit, no id, a time without its zone."""


def _spoiled(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows, and a wrong one after every two hundredth, as long as there are ways to be wrong."""
    faults = iter(SPOILED)
    for number, row in enumerate(rows):
        yield row
        if number % 200 == 100 and (fault := next(faults, None)):
            yield {**row, "instance_id": f"{row['instance_id']}-copy", fault[0]: fault[1]}


def _corrections(month: Month) -> Iterator[Row]:
    """What was found out after the month's end: some instances had stopped half an hour earlier."""
    at_s = month.until_s + 8 * 3600
    long_runs = [
        run
        for run in _instances(month)
        if run.ended_s < month.until_s
        and run.ended_s - run.started_s > 3600
        and run.workload.account != LEARNING
    ]
    for run in long_runs[50::200]:
        yield {**_instance_row(run, at_s), "ended_at": rfc3339(run.ended_s - 1800)}


def _quotas(found: Iterable[Cache], at_s: int) -> Iterator[Row]:
    """How many caches each account had in each region, against its limits."""
    counts: dict[tuple[str, str, str], int] = {}
    for cache in found:
        if cache.ended_s is None or cache.ended_s > at_s:
            work = cache.workload
            quota = "automatic_image_caches" if work.automatic else "manual_image_caches"
            key = (work.account, work.region, quota)
            counts[key] = counts.get(key, 0) + 1
    for (account, region, quota), used in sorted(counts.items()):
        limit = "25" if quota == "automatic_image_caches" else "50"
        yield dict(zip(QUOTA_COLUMNS, (account, region, quota, limit, str(used), rfc3339(at_s)), strict=True))


def _csv(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _json_lines(rows: Iterable[Row]) -> bytes:
    """The rows as JSON Lines: what is empty is left out, tags are an object."""
    lines = (
        {name: value for name, value in row.items() if value} | {"tags": json.loads(row["tags"])}
        for row in rows
    )
    return "".join(json.dumps(line) + "\n" for line in lines).encode()
