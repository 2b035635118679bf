"""A month's bill: against a plain float sum over the same records, by growth, with revisions, and beside other months.

The engine's part is metering and rating; opening the workspace and printing are not in it. Every size runs in a process
of its own, so that its peak memory is its own.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.generated import (
    FIRST_MONTH,
    IMPORTED_AT,
    add,
    folder,
    instances_sql,
    workspace,
    write_delivered,
)
from benchmarks.measuring import apart, in_turn, peak_mib, table
from billing.metering import make_slices, meter
from billing.pipeline import collector_paused
from billing.rating import rate
from billing.store import Reader, Store, open_store
from billing.warehouse import Connection, text_literal
from billing.workspace import Workspace
from rules.period import Month
from rules.tariff import Tariff, load

MIDDLE = FIRST_MONTH.next()
DELIVERED = "delivered.parquet"
SIZES = (2_500_000, 5_000_000, 10_000_000, 20_000_000)
TARIFF = """
[tariff]
id = "changing"
title = "A price that changes inside the month"
currency = "CNY"
base = "alibaba-cn"

[[rates]]
rate = "ebs.essd_pl1"
price = "0.0019"
per = "GiB-hour"
region = "cn-hangzhou"
from = "2026-09-15"
source = "made for the benchmark"
read = "2026-09"
trust = "found"
"""


def changing_tariff(path: Path) -> Tariff:
    """A tariff with one price change inside the middle month."""
    file = path / "changing.toml"
    file.write_text(TARIFF, encoding="utf-8")
    return load(str(file))


def bill(connection: Connection, tariff: Tariff, month: Month) -> int:
    """Meter and rate the month; gives the number of lines."""
    slices = make_slices(tariff, month.from_s, month.until_s)
    with collector_paused():
        return len(rate(meter(connection, slices, as_of_s=month.until_s), tariff).lines)


def floor(connection: Connection, month: Month) -> None:
    """What any engine has to do at least, in binary floats, over our own record files: whole seconds and integer keys."""
    connection.execute(
        f"""select i.cache_key,
            sum((least(i.until_s, {month.until_s}) - greatest(i.started_s, {month.from_s}))::double * c.size_micro * 0.0021)
        from instance_postings as i join cache_postings as c using (cache_key)
        where i.started_s < {month.until_s} and i.until_s > {month.from_s}
        group by i.cache_key"""
    ).fetchall()


def floor_delivered(connection: Connection, month: Month, path: Path) -> None:
    """The same over the records as they are delivered: instants and texts, in the quickest way known to write it."""
    from_us, until_us = month.from_s * 1_000_000, month.until_s * 1_000_000
    connection.execute(
        f"""select i.cache_id,
            sum((least(epoch_us(i.ended_at), {until_us}) - greatest(epoch_us(i.started_at), {from_us})) / 1e6
                * c.size_micro * 0.0021)
        from read_parquet({text_literal(str(path))}) as i join cache_postings as c using (cache_id)
        where i.started_at < to_timestamp({month.until_s}) and i.ended_at > to_timestamp({month.from_s})
        group by i.cache_id"""
    ).fetchall()


def against_floors(reader: Reader, path: Path, month: Month = MIDDLE) -> dict[str, int]:
    """Nanoseconds of the bill and of both floors, measured in turn, and the peak memory of the bill alone."""
    tariff = changing_tariff(path)
    delivered = path / DELIVERED
    with reader.between(month.from_s, month.until_s) as connection:
        bill(connection, tariff, month)
        peak = peak_mib()
        ours, own, theirs = in_turn(
            lambda: bill(connection, tariff, month),
            lambda: floor(connection, month),
            lambda: floor_delivered(connection, month, delivered) if delivered.exists() else None,
        )
    return {"bill_ns": ours, "own_floor_ns": own, "floor_ns": theirs, "peak_mib": peak}


def run_apart(path: str) -> None:
    """What a process of its own does: measure one workspace and print the figures."""
    root = Path(path)
    with open_store(Workspace(root)).reader() as reader:
        sys.stdout.write(json.dumps(against_floors(reader, root)) + "\n")


def growth(path: Path) -> list[tuple[str, str, str, str]]:
    """The four sizes, each against the floor, and whether the time grows as the records do."""
    rows = []
    found: dict[int, dict[str, int]] = {}
    for size in SIZES:
        root = path / f"rows-{size}"
        workspace(root, size)
        write_delivered(size, root / DELIVERED)
        found[size] = apart("month", str(root))
        against, against_own = (
            found[size]["bill_ns"] / found[size][name] for name in ("floor_ns", "own_floor_ns")
        )
        rows += [
            (
                f"{size:,} instances, one price change",
                f"{against:.2f} × floor",
                "≤ 1.5 ×" if size == SIZES[-1] else "",
                _memory(found[size]),
            ),
            ("  the same against a floor over our own files", f"{against_own:.2f} × floor", "", ""),
        ]
    per_record = [found[size]["bill_ns"] / size for size in SIZES]
    rows.append(
        ("time per record, 20 M against 2.5 M", f"{per_record[-1] / per_record[0]:.2f} ×", "≤ 1.2 ×", "")
    )
    return rows


def revised(path: Path) -> list[tuple[str, str, str, str]]:
    """Two in a hundred records revised, before and after compaction, against the same workspace before."""
    root = path / "rows-20000000"
    before = apart("month", str(root))
    store = open_store(Workspace(root))
    with store.writer() as writer:
        later = f"""select * replace (
            ended_at + interval 1 hour as ended_at, observed_at + interval 1 day as observed_at
        ) from ({instances_sql(SIZES[-1])}) where line % 50 = 0"""
        add(writer, "instances", later, "revisions")
        writer.commit(imported_at=IMPORTED_AT)
    uncompacted = apart("month", str(root))
    compact_all(store)
    compacted = apart("month", str(root))
    return [
        (f"2 % revised, {name} compaction", f"{_ratio(after, before)} × unrevised", target, _memory(after))
        for name, after, target in (("before", uncompacted, "≤ 1.6 ×"), ("after", compacted, "≤ 1.1 ×"))
    ]


def compact_all(store: Store) -> None:
    """Compact all instances, whether it pays or not."""
    with store.writer() as writer:
        writer.compact(
            "instances",
            [file for file in store.record_files() if (file.kind, file.role) == ("instances", "current")],
        )


def of_twelve(path: Path) -> list[tuple[str, str, str, str]]:
    """One month of twelve in a workspace against that month alone."""
    month, rows = FIRST_MONTH, 2_500_000
    alone, among = path / "alone", path / "among"
    workspace(alone, rows, months=1)
    store = workspace(among, rows, months=1)
    for number in range(1, 12):
        month = month.next()
        with store.writer() as writer:
            later = instances_sql(rows, months=1, first=number * rows, from_s=month.from_s)
            add(writer, "instances", later, f"month-{number}")
            writer.commit(imported_at=IMPORTED_AT)
    with open_store(Workspace(alone)).reader() as one, open_store(Workspace(among)).reader() as twelve:
        ours, theirs = in_turn(_billing(twelve, path), _billing(one, path))
    return [("one month of twelve, 2.5 M instances each", f"{ours / theirs:.2f} × alone", "≤ 1.3 ×", "")]


def _billing(reader: Reader, path: Path) -> Callable[[], int]:
    """The bill of the first month, opening the files included."""
    tariff = changing_tariff(path)

    def run() -> int:
        with reader.between(FIRST_MONTH.from_s, FIRST_MONTH.until_s) as connection:
            return bill(connection, tariff, FIRST_MONTH)

    return run


def _ratio(after: dict[str, int], before: dict[str, int]) -> str:
    """The bill's time against its floor in the same process, compared between two workspaces."""
    return f"{(after['bill_ns'] / after['own_floor_ns']) / (before['bill_ns'] / before['own_floor_ns']):.2f}"


def _memory(found: dict[str, int]) -> str:
    return f"{found['peak_mib']} MiB"


def main() -> None:
    """Measure and print."""
    with folder() as path:
        table("A month's bill", [*growth(path), *revised(path), *of_twelve(path)])


if __name__ == "__main__":
    run_apart(sys.argv[1]) if len(sys.argv) > 1 else main()
