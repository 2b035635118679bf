"""The report of a month of many instances and caches: its data against the bill, then the page and the PDF."""

import json
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from benchmarks.generated import folder, workspace
from benchmarks.measuring import apart, peak_mib, table
from billing.pipeline import make_bill
from billing.store import open_store
from billing.workspace import Workspace
from reports.data import gather
from reports.document import attachments
from reports.page import render_for_print, render_page
from reports.pdf import render_pdf
from rules.period import parse_month
from rules.tariff import load

MONTH = parse_month("2026-09")
AS_OF = datetime.fromisoformat("2027-12-31T00:00:00+00:00")
INSTANCES = 12_000_000
"""Over three months, so that the month has four million; of 5,000 caches."""


def timed(action: Callable[[], object]) -> int:
    """The milliseconds that an action takes."""
    begun = time.perf_counter_ns()
    action()
    return (time.perf_counter_ns() - begun) // 1_000_000


def run_apart(path: str) -> None:
    """What a process of its own does: each step of one report of the workspace, in milliseconds, and the peak memory."""
    store, tariff = open_store(Workspace(Path(path))), load("alibaba-cn")
    with store.reader() as reader:
        bill_ms = timed(lambda: make_bill(reader, MONTH, as_of=AS_OF, tariff=tariff))
        begun = time.perf_counter_ns()
        data = gather(store, reader, MONTH, as_of=AS_OF, tariff=tariff, account=None)
        data_ms = (time.perf_counter_ns() - begun) // 1_000_000
    html_ms = timed(lambda: render_page(data, "en"))
    page = render_for_print(data, "en")
    pdf_ms = timed(lambda: render_pdf(page, attached=attachments(data), created=AS_OF))
    found = {
        "bill_ms": bill_ms,
        "data_ms": data_ms,
        "html_ms": html_ms,
        "pdf_ms": pdf_ms,
        "peak_mib": peak_mib(),
    }
    sys.stdout.write(json.dumps(found) + "\n")


def main() -> None:
    """Measure and print."""
    with folder() as path:
        workspace(path / "ws", INSTANCES)
        found = apart("report", str(path / "ws"))
    peak = f"{found['peak_mib']} MiB"
    table(
        "The monthly report, 4 M instances of 5,000 caches in the month",
        [
            ("data / bill", f"{found['data_ms'] / found['bill_ms']:.2f}", "1.50", peak),
            ("page beyond the data", f"{found['html_ms']} ms", "2000 ms", ""),
            ("PDF beyond the page", f"{found['pdf_ms']} ms", "30000 ms", peak),
        ],
    )


if __name__ == "__main__":
    run_apart(sys.argv[1]) if len(sys.argv) > 1 else main()
