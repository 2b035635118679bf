"""A check of alerts with nothing new, over a workspace with a million cache records; the start of the program is not in it."""

import json
import sys
from pathlib import Path

from benchmarks.generated import folder
from benchmarks.measuring import apart, in_turn, peak_mib, table
from benchmarks.quota import CACHES, workspace
from billing.alerting.check import run_check
from billing.alerting.looking import look
from billing.alerting.reading import read_alerts
from billing.alerting.watched import watch
from billing.settings import Settings
from billing.store import open_store
from billing.workspace import Workspace
from rules.period import DAY_S, Month, instant
from rules.tariff import load


def run_apart(path: str) -> None:
    """What a process of its own does: check again and again a minute later, and print the figures."""
    store, settings = open_store(Workspace(Path(path))), read_alerts(Settings(), Path("imcost.toml"))
    moments = iter(range(Month("2026-10").from_s + 12 * DAY_S, Month("2026-10").until_s, 60))

    def check() -> None:
        at = instant(next(moments))
        with store.reader() as reader:
            seen = look(store, reader, settings, at=at, tariff=lambda: load("alibaba-cn"))
        run_check(store.alerts, settings, watch(settings, seen), at=at)

    (taken,) = in_turn(check)
    sys.stdout.write(json.dumps({"check_ns": taken, "peak_mib": peak_mib()}) + "\n")


def main() -> None:
    """Measure and print."""
    with folder() as path:
        workspace(path / "alerts")
        found = apart("alerts", str(path / "alerts"))
    row = (
        f"a check with nothing new, {CACHES:,} caches",
        f"{found['check_ns'] // 1_000_000} ms",
        "≤ 1 s",
        f"{found['peak_mib']} MiB",
    )
    table("Alerts", [row])


if __name__ == "__main__":
    run_apart(sys.argv[1]) if len(sys.argv) > 1 else main()
