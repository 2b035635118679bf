"""The monthly report as its user waits for it: its data against the bill, page and PDF, a large PDF, many accounts at once.

`python -m benchmarks.report data` measures one part; the parts are `data`, `usual`, `large` and `accounts`, the last with a
number of accounts where others than 100 are wanted. Without a part, all are measured.
"""

import sys
from pathlib import Path
from statistics import median

from benchmarks.generated import folder, workspace
from benchmarks.measuring import table, whole_process

MONTH = "2026-09"
PRESENT = ("--as-of", "2027-12-31T00:00:00Z")
RUNS = 3

INSTANCES = 12_000_000
"""Over three months, so that the month has four million."""

USUAL_INSTANCES, USUAL_CACHES = 120_000, 50
LARGE_INSTANCES, LARGE_CACHES = 300_000, 3_000
ACCOUNTS = 100

Row = tuple[str, str, str, str]

ONE_AFTER_ANOTHER = "import os; os.cpu_count = lambda: 1; "
"""A command that finds one processor renders one report after another."""


def seconds(root: Path, *arguments: str, runs: int = RUNS) -> tuple[float, int]:
    """The median seconds of a command's whole process over the workspace, and its peak memory in MiB."""
    found = [whole_process("--workspace", str(root), *arguments, *PRESENT) for _ in range(runs)]
    return median(taken for taken, _ in found), max(peak for _, peak in found)


def data() -> list[Row]:
    """The data of a month of four million instances against its bill."""
    rows = []
    for caches in (USUAL_CACHES, 5_000):
        with folder() as path:
            workspace(path / "ws", INSTANCES, caches=caches)
            bill, _ = seconds(path / "ws", "charges", MONTH, "--json")
            taken, peak = seconds(path / "ws", "report", MONTH, "--format", "json")
        named = f"data of 4 M instances of {caches:,} caches, against the bill"
        rows.append((named, f"{taken / bill:.2f} × {bill:.2f} s", "≤ 1.5 ×", f"{peak} MiB"))
    return rows


def usual() -> list[Row]:
    """The page and the PDF of a month of 50 caches, beyond its data."""
    with folder() as path:
        root = path / "ws"
        workspace(root, USUAL_INSTANCES, caches=USUAL_CACHES)
        base, _ = seconds(root, "report", MONTH, "--format", "json")
        html, html_peak = seconds(root, "report", MONTH, "--html", str(path / "page.html"))
        pdf, pdf_peak = seconds(root, "report", MONTH, "--pdf", str(path / "page.pdf"))
    return [
        ("page of 50 caches, beyond the data", f"{html - base:.2f} s", "≤ 2 s", f"{html_peak} MiB"),
        ("PDF of 50 caches, beyond the data", f"{pdf - base:.2f} s", "≤ 6 s", f"{pdf_peak} MiB"),
    ]


def large() -> list[Row]:
    """The PDF of a month of 3,000 caches, its data included."""
    with folder() as path:
        workspace(path / "ws", LARGE_INSTANCES, caches=LARGE_CACHES)
        taken, peak = seconds(path / "ws", "report", MONTH, "--pdf", str(path / "page.pdf"), runs=1)
    return [("PDF of 3,000 caches", f"{taken:.1f} s", "≤ 30 s", f"{peak} MiB of 1024")]


def accounts(count: int = ACCOUNTS) -> list[Row]:
    """Reports of many accounts in parallel, against one after another."""
    with folder() as path:
        root = path / "ws"
        workspace(root, 1_000 * count, caches=5 * count, accounts=count)
        arguments = ("--workspace", str(root), "report", MONTH, "--all", *PRESENT)
        one, _ = whole_process(*arguments, before=ONE_AFTER_ANOTHER)
        both, peak = whole_process(*arguments)
    named = f"{count} accounts in parallel, against one after another"
    return [(named, f"{one / both:.2f} × as fast, {both:.0f} s", "≥ 1.7 ×", f"{peak} MiB each")]


PARTS = {"data": data, "usual": usual, "large": large, "accounts": accounts}


def main(part: str | None = None, *count: str) -> None:
    """Measure all parts, or one, and print."""
    chosen = [made() for made in PARTS.values()] if part is None else [PARTS[part](*map(int, count))]
    table("The monthly report", [row for rows in chosen for row in rows])


if __name__ == "__main__":
    main(*sys.argv[1:])
