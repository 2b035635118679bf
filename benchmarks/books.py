"""The books: closing a month against billing it, verifying by the number of closed months, explaining one line of many.

Billing is `imcost charges MONTH --json`, closing `imcost close MONTH`, each in a process of its own, taking turns; the checks
that a close runs beside it are named, too. `python -m benchmarks.books closing` measures that part alone.
"""

import subprocess
import sys
from datetime import datetime
from functools import partial
from pathlib import Path

from benchmarks.generated import FIRST_MONTH, IMPORTED_AT, add, caches_sql, folder, instances_sql
from benchmarks.measuring import in_turn, peak_mib, table
from billing.books import CloseRequest, close, reopen
from billing.books.verifying import verify
from billing.checks import closing_errors, run_checks
from billing.explaining.explain import explain_target
from billing.explaining.source import Sources
from billing.pipeline import make_bill
from billing.store import Store, create_store
from billing.store.schema import Kind
from billing.workspace import Workspace
from rules.period import Month, instant
from rules.tariff import Tariff, load

CLOSED, EXPLAINED = 4_000_000, 10_000_000
MONTHLY = 300_000
MONTHS = (1, 6, 12)
NS = 1_000_000_000

COMMAND = """
import sys
from billing.cli.main import run
code = run(sys.argv[1:])
from benchmarks.measuring import peak_mib
print(peak_mib(), file=sys.stderr)
sys.exit(code)
"""
"""A command as users run it, which then says how much memory it held at most."""

Row = tuple[str, str, str, str]


def main(*names: str) -> None:
    """Measure the named parts, or all, and print."""
    parts = {"closing": closing, "verifying": verifying, "explaining": explaining}
    with folder() as path:
        tariff = load("alibaba-cn")
        table("Books", [row for name in names or parts for row in parts[name](path, tariff)])


def command(store: Store, *arguments: str) -> int:
    """Run a command in a process of its own; gives its peak memory in MiB, which it has to print last on stderr."""
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments, "--workspace", str(store.workspace.root)],
        check=True,
        capture_output=True,
        text=True,
    )
    return int(done.stderr.splitlines()[-1])


def bring(store: Store, kind: Kind, select: str, name: str) -> None:
    """Import generated rows as one batch."""
    with store.writer() as writer:
        add(writer, kind, select, name)
        writer.commit(imported_at=IMPORTED_AT)


def workspace(path: Path, rows: int) -> Store:
    """A workspace with all caches and so many instances in the first month."""
    store = create_store(Workspace(path))
    bring(store, "caches", caches_sql(1), "caches")
    bring(store, "instances", instances_sql(rows, months=1), "instances")
    return store


def close_month(store: Store, tariff: Tariff, month: Month, now: datetime) -> None:
    """Close a month, whatever rests on estimates."""
    close(
        store,
        CloseRequest(
            month=month,
            now=now,
            tariff=tariff,
            user="benchmark",
            program="benchmark",
            allow_estimates=True,
            allow_unrated=True,
        ),
    )


def close_earlier(store: Store, tariff: Tariff, month: Month, now: datetime) -> None:
    """Close the month before: the generated caches begin in it."""
    close_month(store, tariff, month.previous(), now)


def closing(path: Path, tariff: Tariff) -> list[Row]:
    """A close and the reopening that makes room for the next one, against the bill, the checks and the digest."""
    store = workspace(path / "close", CLOSED)
    now = instant(FIRST_MONTH.until_s + 86_400)
    close_earlier(store, tariff, FIRST_MONTH, now)

    label, peaks = FIRST_MONTH.label, [0]
    priced = ("--tariff", "alibaba-cn")

    def bill() -> None:
        command(store, "charges", label, "--json", *priced)

    def close_it() -> None:
        peaks.append(command(store, "close", label, "--allow-estimates", "--allow-unrated", *priced))

    def reopen_it() -> None:
        reopen(store, FIRST_MONTH, reason="again", user="benchmark", now=now)

    billed, closed, _ = in_turn(bill, close_it, reopen_it)
    with store.reader() as reader:
        checked, whole = in_turn(
            partial(closing_errors, store, reader, FIRST_MONTH, as_of=now),
            partial(run_checks, store, as_of=instant(FIRST_MONTH.until_s + 400 * 86_400)),
            runs=3,
        )
    return [
        (f"billing {CLOSED:,} instances", f"{billed / NS:.2f} s", "", ""),
        ("closing them", f"{closed / billed:.2f} × billing", "≤ 1.5 ×", f"{max(peaks):,} MiB"),
        ("  the checks of a close, which run beside it", f"{checked / billed:.2f} × billing", "", ""),
        (
            "  imcost check of the whole workspace",
            f"{whole / billed:.2f} × billing",
            "",
            f"{peak_mib():,} MiB",
        ),
    ]


def verifying(path: Path, tariff: Tariff) -> list[Row]:
    """Verifying more and more closed months of one workspace, per month."""
    store = workspace(path / "verify", MONTHLY)
    months = [FIRST_MONTH]
    for number in range(1, MONTHS[-1]):
        months.append(months[-1].next())
        select = instances_sql(MONTHLY, months=1, first=number * MONTHLY, from_s=months[-1].from_s)
        bring(store, "instances", select, f"month-{number}")
    now = instant(months[-1].until_s + 86_400)
    close_earlier(store, tariff, FIRST_MONTH, now)
    taken: dict[int, int] = {}
    for number, month in enumerate(months, start=1):
        close_month(store, tariff, month, now)
        if number in MONTHS:
            [taken[number]] = in_turn(partial(verify, store), runs=1)
    first, *others = MONTHS
    rows = [(f"verifying {first} month of {MONTHLY:,} instances", f"{taken[first] / NS:.2f} s", "", "")]
    for number in others:
        ratio = taken[number] / taken[first]
        rows.append(
            (f"verifying {number} months", f"{ratio:.1f} × one", f"≤ {number} ×", f"{peak_mib():,} MiB")
        )
    return rows


def explaining(path: Path, tariff: Tariff) -> list[Row]:
    """One line of a large month."""
    store = workspace(path / "explain", EXPLAINED)
    now = instant(FIRST_MONTH.until_s + 86_400)
    with store.reader() as reader:
        lines = make_bill(reader, FIRST_MONTH, as_of=now, tariff=tariff).lines
        line = next(line for line in lines if line.charge == "usage.cache_disk")
        sources = Sources(store, reader, as_of=now, tariff=lambda: tariff)
        [spent] = in_turn(partial(explain_target, store, sources, line.line_id, month=None), runs=3)
    name = f"explaining a line of {EXPLAINED:,} instances"
    return [(name, f"{spent / NS:.1f} s", "≤ 2 s", f"{peak_mib():,} MiB")]


if __name__ == "__main__":
    main(*sys.argv[1:])
