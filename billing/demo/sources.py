"""The files that the made-up company's usage records come in: a log of the year before, then two exports a month.

The export in the middle of a month still sees instances running that the one at its end knows the end of, so importing both
shows revisions. A few rows are wrong, and a correction follows.
"""

import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from billing.demo.rows import (
    CACHE_COLUMNS,
    INSTANCE_COLUMNS,
    QUOTA_COLUMNS,
    Row,
    as_csv,
    as_json_lines,
    cache_row,
    instance_row,
)
from billing.demo.timeline import Cache, Instance, caches, instances, releases
from billing.demo.workloads import LEARNING, WORKLOADS
from rules.period import Day, Month, rfc3339

TARIFF = "example-company"
LOGGED_MONTHS = 12
"""The log begins so many months before the demo's month, so that there is a year to compare with."""
OLDEST_S = 250 * 24 * 3600
"""No cache grows older than this: a clean-up comes first."""

Named = tuple[str, bytes]


class Sources(NamedTuple):
    """Paths in the order to import them: what is known when the months before are closed, and what comes after."""

    earlier: tuple[Path, ...]
    to_close: tuple[Month, ...]
    later: tuple[Path, ...]


def write_sources(folder: Path, month: Month) -> Sources:
    """Write the log, and the exports of a month and of the one before."""
    folder.mkdir(parents=True, exist_ok=True)
    before = month.previous()
    to_close, first_s = [before], _first_s(before)
    while to_close[0].from_s > first_s:
        to_close.insert(0, to_close[0].previous())
    earlier = [*_log(before), *_exports(before)]
    later = [_corrections(before), *_exports(month), _corrections(month)]
    paths = []
    for name, content in (*earlier, *later):
        paths.append(folder / name)
        paths[-1].write_bytes(content)
    return Sources(tuple(paths[: len(earlier)]), tuple(to_close), tuple(paths[len(earlier) :]))


def write_tariff(folder: Path, month: Month) -> str:
    """Write the company's own tariff, unless it has one, and give its name."""
    path = folder / f"{TARIFF}.toml"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        template = Path(__file__).with_name("tariff.toml").read_text(encoding="utf-8")
        path.write_text(template.replace("DISCOUNT_DAY", month.days()[14].label), encoding="utf-8")
    return TARIFF


def _logged(until: Month) -> list[Month]:
    """The months of the log, which ends where a month begins."""
    months = [until.previous()]
    while len(months) < LOGGED_MONTHS - 1:
        months.insert(0, months[0].previous())
    return months


def _first_s(until: Month) -> int:
    """When the oldest cache of the log was created."""
    return min(cache.created_s for cache in _caches(_logged(until)[0].from_s, until.from_s))


def _log(until: Month) -> Iterator[Named]:
    """Name and content of each file of the log."""
    months = _logged(until)
    from_s, at_s = months[0].from_s, until.from_s
    rows = [cache_row(cache, at_s, logged=True) for cache in _caches(from_s, at_s)]
    runs = [run for month in months for run in _instances(month) if run.ended_s > from_s]
    known = {run.instance_id: instance_row(run, at_s) for run in runs if run.started_s < at_s}
    label = f"{months[0].label}-to-{months[-1].label}"
    yield f"{label}-caches.csv", as_csv(CACHE_COLUMNS, rows)
    yield f"{label}-instances.csv.gz", gzip.compress(as_csv(INSTANCE_COLUMNS, known.values()), mtime=0)
    yield (
        f"{label}-quotas.csv",
        as_csv(QUOTA_COLUMNS, _quotas([day for month in months for day in month.days()])),
    )


def _exports(month: Month) -> Iterator[Named]:
    """Name and content of each file of a month."""
    days = month.days()
    for label, part in (("15", days[:15]), ("end", days[15:])):
        from_s, at_s = part[0].from_s, part[-1].until_s
        rows = [cache_row(cache, at_s) for cache in _caches(month.from_s, at_s) if _is_listed(cache, at_s)]
        runs = [run for run in _instances(month) if run.started_s < at_s and run.ended_s >= from_s]
        learning = [instance_row(run, at_s) for run in runs if run.workload.account == LEARNING]
        others = [instance_row(run, at_s) for run in runs if run.workload.account != LEARNING]
        yield f"{month.label}-{label}-caches.csv", as_csv(CACHE_COLUMNS, rows)
        yield (
            f"{month.label}-{label}-instances.csv.gz",
            gzip.compress(as_csv(INSTANCE_COLUMNS, _spoiled(others)), mtime=0),
        )
        yield f"{month.label}-{label}-instances-learning.jsonl", as_json_lines(learning)
        yield f"{month.label}-{label}-quotas.csv", as_csv(QUOTA_COLUMNS, _quotas(part))


def _caches(from_s: int, until_s: int) -> Iterator[Cache]:
    """The caches that were there at some time in [from_s, until_s)."""
    for workload in WORKLOADS:
        for number in releases(workload, from_s - OLDEST_S, until_s):
            for cache in caches(workload, number):
                if cache.created_s < until_s and cache.ended_s >= from_s:
                    yield cache


def _is_listed(cache: Cache, at_s: int) -> bool:
    """Whether an export at a moment lists a cache: the living ones, and those that were deleted by hand."""
    return cache.workload.keep_days is None or cache.ended_s > at_s


def _instances(month: Month) -> Iterator[Instance]:
    """The runs that began in a month or in the last days before it."""
    for workload in WORKLOADS:
        for day in (*month.previous().days()[-2:], *month.days()):
            yield from instances(workload, day)


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


def _corrections(month: Month) -> Named:
    """What was found out after the month's end: some instances had stopped half an hour earlier."""
    at_s = month.until_s + 8 * 3600
    long_runs = [
        run
        for run in _instances(month)
        if run.ended_s < month.until_s
        and run.ended_s - run.started_s > 3600
        and run.workload.account != LEARNING
    ]
    rows = [
        {**instance_row(run, at_s), "ended_at": rfc3339(run.ended_s - 1800)} for run in long_runs[50::200]
    ]
    return f"{month.label}-corrections.csv", as_csv(INSTANCE_COLUMNS, rows)


def _quotas(days: Sequence[Day]) -> Iterator[Row]:
    """How many caches each account had in each region at the beginning of each day's work, against its limits."""
    found = list(_caches(days[0].from_s, days[-1].until_s))
    for at_s in (day.from_s + 8 * 3600 for day in days):
        counts: dict[tuple[str, str, str], int] = {}
        for cache in found:
            if cache.created_s <= at_s < cache.ended_s:
                work = cache.workload
                quota = "automatic_image_caches" if work.automatic else "manual_image_caches"
                key = (work.account, work.region, quota)
                counts[key] = counts.get(key, 0) + 1
        for (account, region, quota), used in sorted(counts.items()):
            limit = "25" if quota == "automatic_image_caches" else "50"
            values = (account, region, quota, limit, str(used), rfc3339(at_s))
            yield dict(zip(QUOTA_COLUMNS, values, strict=True))
