"""The demo's workspace, made once for all tests that only need what is in it; each gets a copy of its own."""

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from tests.cli.running import Result, process

AS_OF = "2026-11-15T09:30:00+08:00"


def copied_demo(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Copy the demo of 2026-11-15 to a folder that isn't there yet; processes that test at once share its making.

    What `imcost demo --json` printed when it was made.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made, printed = shared / "made-demo", shared / "made-demo.json"
    with (shared / "made-demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not printed.exists():
            result = process("demo", made, "--as-of", AS_OF, "--json")
            assert result.code == 0, result.err
            printed.write_text(result.out, encoding="utf-8")
    shutil.copytree(made, folder)
    return Result(0, printed.read_text(encoding="utf-8"), "")
