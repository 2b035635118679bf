"""The same month with other tools: Polars, pandas and hledger beside ours, on the same records.

Each peer computes the cache disks of one month by cache with the price change inside it. hledger takes a journal of 20,000
postings, since it is made for people's books, not for millions of records; its figure is per record.
"""

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.generated import folder, workspace
from benchmarks.measuring import in_turn, table
from benchmarks.month import MIDDLE, bill, changing_tariff
from billing.store import Reader
from rules.period import parse_instant

ROWS = 5_000_000
HLEDGER_ROWS = 20_000
CHANGE_S = int(parse_instant("2026-09-15T00:00:00+08:00").timestamp())


def polars(paths: list[Path], caches: list[Path]) -> None:
    """Seconds in integers, clipped to each price period, by cache."""
    import polars as pl

    records, sizes = pl.scan_parquet(paths), pl.scan_parquet(caches).select("cache_key", "size_micro")
    used = records.filter((pl.col("started_s") < MIDDLE.until_s) & (pl.col("until_s") > MIDDLE.from_s))
    parts = [
        (pl.min_horizontal("until_s", pl.lit(end_s)) - pl.max_horizontal("started_s", pl.lit(begin_s)))
        .clip(0)
        .alias(name)
        for name, begin_s, end_s in (("old", MIDDLE.from_s, CHANGE_S), ("new", CHANGE_S, MIDDLE.until_s))
    ]
    summed = (
        used.select("cache_key", *parts).group_by("cache_key").agg(pl.col("old").sum(), pl.col("new").sum())
    )
    summed.join(sizes, on="cache_key").with_columns(pl.col("old") * pl.col("size_micro")).collect()


def pandas(paths: list[Path], caches: list[Path]) -> None:
    """The same, as one writes it with pandas."""
    import pandas as pd

    columns = ["cache_key", "started_s", "until_s"]
    records = pd.concat(pd.read_parquet(path, columns=columns) for path in paths)
    used = records[(records.started_s < MIDDLE.until_s) & (records.until_s > MIDDLE.from_s)].copy()
    for name, begin_s, end_s in (("old", MIDDLE.from_s, CHANGE_S), ("new", CHANGE_S, MIDDLE.until_s)):
        used[name] = (used.until_s.clip(upper=end_s) - used.started_s.clip(lower=begin_s)).clip(lower=0)
    sizes = pd.concat(pd.read_parquet(path, columns=["cache_key", "size_micro"]) for path in caches)
    used.groupby("cache_key")[["old", "new"]].sum().reset_index().merge(sizes, on="cache_key")


def hledger_ns_per_record(path: Path) -> int | None:
    """Nanoseconds a posting that hledger takes to value and sum a journal; None where it isn't installed."""
    if shutil.which("hledger") is None:
        return None
    journal = path / "usage.journal"
    lines = ["P 2026-09-01 GiBs CNY 0.0021", "P 2026-09-15 GiBs CNY 0.0019"]
    for number in range(HLEDGER_ROWS):
        lines += [
            f"2026-09-{number % 28 + 1:02} instance {number}",
            f"    usage:imc-{number % 5000:06}  {number % 21600 + 300} GiBs",
            "    metered",
        ]
    journal.write_text("\n".join(lines), encoding="utf-8")
    begun = time.perf_counter_ns()
    subprocess.run(
        ["hledger", "-f", journal, "bal", "--value=then", "usage"], check=True, stdout=subprocess.DEVNULL
    )
    return (time.perf_counter_ns() - begun) // HLEDGER_ROWS


def ours(reader: Reader, path: Path) -> Callable[[], int]:
    """Our whole bill of the month: every charge, exact, opening the files included."""
    tariff = changing_tariff(path)

    def run() -> int:
        with reader.between(MIDDLE.from_s, MIDDLE.until_s) as connection:
            return bill(connection, tariff, MIDDLE)

    return run


def main() -> None:
    """Measure and print, ours first."""
    with folder() as path:
        store = workspace(path / "workspace", ROWS)
        files = {
            kind: [store.workspace.records / file.name for file in store.record_files() if file.kind == kind]
            for kind in ("instances", "caches")
        }
        with store.reader() as reader:
            both = files["instances"], files["caches"]
            times = in_turn(ours(reader, path), lambda: polars(*both), lambda: pandas(*both), runs=3)
        rows = [("imcost: every charge, exact", "1.00 ×", "", "")]
        rows += [
            (name, f"{taken / times[0]:.2f} ×", "", "")
            for name, taken in zip(("Polars", "pandas"), times[1:], strict=True)
        ]
        if (per_record := hledger_ns_per_record(path)) is not None:
            rows.append(("hledger, per record", f"{per_record / (times[0] / ROWS):.0f} ×", "", ""))
        table(f"The same month of {ROWS:,} instances with other tools", rows)


if __name__ == "__main__":
    main()
