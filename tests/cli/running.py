"""Running commands as users do: in this process for speed, in one of their own where the process matters."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from billing.cli.main import run

ROOT = Path(__file__).parents[2]
PROGRAM = "import sys; sys.path.insert(0, sys.argv.pop(1)); from billing.cli.main import main; main()"


class Result(NamedTuple):
    """What a command left: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer on stdout."""
        return json.loads(self.out)


class Shell:
    """Runs commands in this process, with a workspace of the test's own unless it names another."""

    def __init__(self, capsys: pytest.CaptureFixture[str], workspace: Path) -> None:
        self._capsys = capsys
        self.workspace = workspace

    def __call__(self, *args: str | Path) -> Result:
        """Run `imcost ARGS…`."""
        self._capsys.readouterr()
        code = run(["--workspace", str(self.workspace), *map(str, args)])
        out, err = self._capsys.readouterr()
        return Result(code, out, err)


def command_line(*args: str | Path) -> list[str]:
    """`imcost ARGS…` as a process of its own."""
    return [sys.executable, "-c", PROGRAM, str(ROOT), *map(str, args)]


def process(*args: str | Path, **kwargs: Any) -> Result:
    """Run `imcost ARGS…` in a process of its own."""
    done = subprocess.run(command_line(*args), capture_output=True, text=True, check=False, **kwargs)
    return Result(done.returncode, done.stdout, done.stderr)
