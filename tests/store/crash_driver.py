"""Runs one change again and again, killed with SIGKILL at one durable step after the other, until it comes through.

`python -m tests.store.crash_driver SCENARIO STRIDE TEMPLATE FOLDER` copies the workspace TEMPLATE to FOLDER/1, FOLDER/1+STRIDE, …
for each attempt, and says at which step none was left. A durable step is a call that syncs, renames or deletes a file, and
each side of a catalogue transaction. The product knows nothing of this: its calls are patched from outside.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlmodel import Session

from billing.store import create_store
from billing.workspace import Workspace
from tests.store.journal import IMPORTED_AT, Seen, compact, post

FIRST = [Seen("i-1", 1), Seen("i-2", 1, 2), Seen("i-3", 1)]
SECOND = [Seen("i-1", 2, 9), Seen("i-2", 3, retracted=True), Seen("i-4", 2), Seen("i-4", 3)]
MOST_STEPS = 200


def add(root: Path, name: str, rows: list[Seen]) -> None:
    """Import rows unless they were imported before."""
    store = create_store(Workspace(root))
    with store.writer() as writer:
        if writer.known_batch(name) is None:
            post(writer, rows, name=name, rejected=1)
            batch = len(store.batches()) + 1
            writer.connection.execute(
                f"create or replace temp table refused as select {batch} as batch, 'f.csv' as path, 7 as line,"
                " 'raw' as raw, 'bad_value' as code, 'no' as message"
            )
            writer.quarantine("refused")
            writer.commit(imported_at=IMPORTED_AT)


def revise(root: Path) -> None:
    """A second import, which revises, withdraws and adds; then a compaction; then the sweep of what it replaced."""
    add(root, "second", SECOND)
    store = create_store(Workspace(root))
    compact(store)


SCENARIOS: dict[str, Callable[[Path], None]] = {
    "create": lambda root: add(root, "first", FIRST),
    "revise": revise,
}


def kill_at(step: int) -> None:
    """Let this process be killed just before its durable step of that number."""
    left = step

    def count() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def patched(owner: Any, name: str, *, after: bool = False) -> None:
        real = getattr(owner, name)

        def stand_in(*args: Any, **kwargs: Any) -> Any:
            count()
            result = real(*args, **kwargs)
            if after:
                count()
            return result

        setattr(owner, name, stand_in)

    for name in ("fsync", "rename", "replace", "unlink", "rmdir", "mkdir"):
        patched(os, name)
    patched(Session, "commit", after=True)


def main(scenario: str, stride: int, template: Path, folder: Path) -> None:
    """Run the scenario with so many more steps each time."""
    for step in range(1, MOST_STEPS, stride):
        root = folder / str(step)
        shutil.copytree(template, root)
        child = os.fork()
        if child == 0:
            kill_at(step)
            SCENARIOS[scenario](root)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            continue
        sys.stdout.write(f"{step}\n")
        sys.exit(os.waitstatus_to_exitcode(status))
    sys.exit("the change never came through")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]))
