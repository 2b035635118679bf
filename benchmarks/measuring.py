"""How benchmarks measure: medians of repeated runs in turn, peak memory of a fresh process, ratios of one run."""

import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

RUNS = 5


def in_turn(*actions: Callable[[], object], runs: int = RUNS) -> list[int]:
    """The median nanoseconds of each action, after one run that doesn't count, measured in turn: A B A B …"""
    taken: list[list[int]] = [[] for _ in actions]
    for number in range(runs + 1):
        for times, action in zip(taken, actions, strict=True):
            begun = time.perf_counter_ns()
            action()
            if number:
                times.append(time.perf_counter_ns() - begun)
    return [int(median(times)) for times in taken]


def peak_mib() -> int:
    """The most memory that this process has held, in MiB.

    Linux hands ru_maxrss down to a child before it runs a program of its own; the kernel's own mark begins anew there.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())[0]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024**2


def apart(module: str, *arguments: str) -> dict[str, int]:
    """Run a module of benchmarks in a process of its own; it prints one JSON object last."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *arguments], check=True, capture_output=True, text=True
    )
    answer: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return answer


def whole_process(*arguments: str, before: str = "") -> tuple[float, int]:
    """The seconds that a command takes as its user waits for it, and its peak memory in MiB; `before` is done first in it."""
    program = f"{before}from billing.cli.main import main; main()"
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{arguments} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - begun, usage.ru_maxrss // 1024


def table(title: str, rows: Sequence[tuple[str, str, str, str]]) -> None:
    """Print what was measured: what, the figure, the target, the peak memory."""
    from rich.console import Console
    from rich.table import Table

    printed = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name in ("what", "measured", "target", "peak memory"):
        printed.add_column(name, justify="left" if name == "what" else "right")
    for row in rows:
        printed.add_row(*row)
    Console().print(printed)
