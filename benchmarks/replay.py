"""A month replayed under ten settings against its bill: 1 M instances over 1,000 caches.

As whole processes, which is what a user waits for and what has a target, and as what happens inside them without
starting and printing.
"""

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from statistics import median

from benchmarks.generated import FIRST_MONTH, folder, workspace
from benchmarks.measuring import apart, in_turn, peak_mib, table, whole_process
from billing.pipeline import make_bill
from billing.replaying import Choices, Selection, open_replay
from billing.store import Reader, open_store
from billing.workspace import Workspace
from rules.period import instant
from rules.tariff import Tariff, load

INSTANCES, CACHES = 1_000_000, 1_000
RUNS = 3

AS_OF_S = FIRST_MONTH.until_s + 30 * 86400

SETTINGS = (
    Choices(creation_method="automatic"),
    Choices(creation_method="automatic", automatic_quota=900),
    Choices(creation_method="manual"),
    Choices(retention_days=7),
    Choices(retention_days=14),
    Choices(retention_days=30),
    Choices(size_gib=Decimal(40)),
    Choices(instant=True),
    Choices(included_ephemeral_gib=Decimal(50)),
    Choices(creation_method="automatic", included_ephemeral_gib=Decimal(50)),
)
"""One of each kind, the ones that simulate most of all."""


@dataclass(frozen=True, slots=True)
class _Month:
    reader: Reader
    tariff: Tariff

    def bill(self) -> Decimal:
        """The month's bill."""
        return make_bill(self.reader, FIRST_MONTH, as_of=instant(AS_OF_S), tariff=self.tariff).total

    def replay(self, settings: Iterable[Choices] = SETTINGS) -> list[Decimal]:
        """The totals under each setting."""
        as_of = instant(AS_OF_S)
        with open_replay(self.reader, FIRST_MONTH, as_of=as_of, tariff=self.tariff, limits={}) as replay:
            return [replay.under(choices, Selection()).replayed_total for choices in settings]


def make_workspace(path: Path) -> None:
    """A workspace with the month's instances over so many caches."""
    workspace(path, INSTANCES, months=1, caches=CACHES)


def run_apart(path: str) -> None:
    """What a process of its own does: measure one workspace and print the figures."""
    with open_store(Workspace(Path(path))).reader() as reader:
        month = _Month(reader, load("alibaba-cn"))
        bill_ns, replay_ns = in_turn(month.bill, month.replay, runs=RUNS)
    sys.stdout.write(json.dumps({"bill_ns": bill_ns, "replay_ns": replay_ns, "peak_mib": peak_mib()}) + "\n")


def processes(path: Path) -> tuple[str, str]:
    """A sweep over ten values against the bill, each as its user runs it."""
    workspace_there = ("--workspace", str(path))
    month = (FIRST_MONTH.label, "--as-of", "2026-10-01T00:00:00+08:00", "--json")
    bills, sweeps, peaks = [], [], []
    for _ in range(RUNS):
        bills.append(whole_process(*workspace_there, "charges", *month)[0])
        taken, peak = whole_process(
            *workspace_there, "replay", *month, "--sweep", "retention_days=3,6,9,12,15,18,21,24,27,30"
        )
        sweeps.append(taken)
        peaks.append(peak)
    return f"{median(sweeps) / median(bills):.1f} × imcost charges", f"{max(peaks)} MiB"


def main() -> None:
    """Measure and print."""
    with folder() as path:
        make_workspace(path / "month")
        inside = apart("replay", str(path / "month"))
        swept, peak = processes(path / "month")
        table(
            "A month replayed, 1 M instances over 1,000 caches",
            [
                ("imcost replay, a sweep of ten retentions", swept, "≤ 10 ×", peak),
                (
                    "ten settings of all kinds, inside one process",
                    f"{inside['replay_ns'] / inside['bill_ns']:.1f} × bill",
                    "",
                    f"{inside['peak_mib']} MiB",
                ),
            ],
        )


if __name__ == "__main__":
    run_apart(sys.argv[1]) if len(sys.argv) > 1 else main()
