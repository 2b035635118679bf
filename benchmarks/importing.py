"""Imports: 5 M rows of CSV and Parquet, validation and revisions included, against a plain DuckDB COPY of the same file.

Both are whole processes: what a user waits for.
"""

import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.generated import folder, instances_sql, workspace, write_delivered
from benchmarks.measuring import table
from billing.warehouse import connect, text_literal

ROWS = 5_000_000
HELD = 20_000_000
"""Records that a workspace holds already; the imported ones are others."""

COLUMNS = """account_id, region, instance_id, cache_id, 2 as vcpu, 4 as memory_gib,
    strftime(started_at, '%Y-%m-%dT%H:%M:%SZ') as started_at, strftime(ended_at, '%Y-%m-%dT%H:%M:%SZ') as ended_at,
    tags, strftime(observed_at, '%Y-%m-%dT%H:%M:%SZ') as observed_at"""
TYPES = """{'account_id': 'varchar', 'region': 'varchar', 'instance_id': 'varchar', 'cache_id': 'varchar',
    'vcpu': 'decimal(18,6)', 'memory_gib': 'decimal(18,6)', 'started_at': 'timestamptz', 'ended_at': 'timestamptz',
    'tags': 'varchar', 'observed_at': 'timestamptz'}"""
RUNS = 3


def write_files(path: Path) -> tuple[Path, Path]:
    """The same 5 M rows as CSV and as Parquet with typed times and sizes."""
    csv, parquet = path / "instances.csv", path / "instances.parquet"
    with connect(path) as connection:
        connection.execute(
            f"copy (select {COLUMNS} from ({instances_sql(ROWS, first=HELD)})) to {text_literal(str(csv))} (header)"
        )
    write_delivered(ROWS, parquet, first=HELD)
    return csv, parquet


def copy_statement(source: Path, path: Path) -> str:
    """What DuckDB alone does with the file: read it typed, write it as Parquet."""
    reader = (
        f"select * from read_csv({text_literal(str(source))}, header = true, columns = {TYPES})"
        if source.suffix == ".csv"
        else f"from {text_literal(str(source))}"
    )
    return f"copy ({reader}) to {text_literal(str(path / 'copied.parquet'))} (format parquet)"


IMPORTING = """
import os, sys
from benchmarks.measuring import peak_mib
from billing.cli.main import run
code = run(sys.argv[1:])
print(peak_mib(), file=sys.stderr, flush=True)
os._exit(code)
"""
"""What the command does, with its peak memory at the end."""


def import_apart(*arguments: str) -> tuple[float, int]:
    """Seconds that a whole `imcost import` takes, and its peak memory in MiB."""
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", IMPORTING, *arguments], capture_output=True, text=True, check=True
    )
    return time.perf_counter() - begun, int(done.stderr.splitlines()[-1])


def copy_apart(source: Path, path: Path) -> float:
    """Seconds that DuckDB alone takes with the file, as a process of its own."""
    begun = time.perf_counter()
    copying = f"import duckdb; duckdb.execute({copy_statement(source, path)!r})"
    subprocess.run([sys.executable, "-c", copying], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def ratio(source: Path, path: Path, *, into: int) -> tuple[str, str]:
    """The import against the COPY of a file, into a workspace that holds so many instances already."""
    ours, theirs, peaks = [], [], []
    for number in range(RUNS):
        root = path / f"into-{into}-{source.suffix[1:]}-{number}"
        if into:
            workspace(root, into)
        taken, peak = import_apart("--workspace", str(root), "import", str(source))
        ours.append(taken)
        peaks.append(peak)
        theirs.append(copy_apart(source, path))
        shutil.rmtree(root)
    return f"{median(ours) / median(theirs):.2f} × COPY", f"{max(peaks)} MiB"


def main() -> None:
    """Measure and print."""
    with folder() as path:
        csv, parquet = write_files(path)
        rows = []
        for source, into, target in ((csv, 0, "≤ 2 ×"), (csv, HELD, "≤ 3 ×"), (parquet, 0, "≤ 5 ×")):
            where = f"{into:,} records" if into else "an empty workspace"
            what = f"import of 5 M rows of {source.suffix[1:].upper()} into {where}"
            measured, peak = ratio(source, path, into=into)
            rows.append((what, measured, target, peak))
        table("Imports", rows)


if __name__ == "__main__":
    main()
