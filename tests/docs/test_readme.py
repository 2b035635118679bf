"""Every command that the README shows is run, in order, in an empty folder, and prints what the README says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.shell_blocks import Step, steps

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
STEPS = steps(README)

AS_OF = "2026-11-15T09:30:00+08:00"
"""The README's present: its demo's month is the last one before."""

BETWEEN = "@@ end of step"


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[str, int]]:
    """What each step printed and its exit code, by its line; all of them ran in one shell session."""
    folder = tmp_path_factory.mktemp("readme")
    bin_folder = tmp_path_factory.mktemp("bin")
    program = bin_folder / "imcost"
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m billing.cli --as-of {AS_OF} "$@"\n'
    )
    program.chmod(0o755)
    script = "\n".join(_lines(step) for step in STEPS)
    environment = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}"}
    environment.pop("IMCOST_WORKSPACE", None)
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    parts = re.split(rf"{BETWEEN} (\d+)\n", done.stdout)[:-1]
    assert len(parts) == 2 * len(STEPS), done.stderr
    return {step.line: (parts[2 * at], int(parts[2 * at + 1])) for at, step in enumerate(STEPS)}


def _lines(step: Step) -> str:
    """The shell lines of a step: `make` is only asked whether it has the target."""
    command = re.sub(r"^make ", f"make -C '{ROOT}' -n ", step.command)
    silent = " >/dev/null" if command != step.command else ""
    return f"{command}{silent}\ncode=$?; printf '%s %s\\n' '{BETWEEN}' $code; (exit $code)"


@pytest.mark.parametrize("at", range(len(STEPS)), ids=lambda at: f"line {STEPS[at].line}")
def test_a_command_does_what_the_readme_says(at: int, outcomes: dict[int, tuple[str, int]]) -> None:
    step = STEPS[at]
    output, code = outcomes[step.line]
    asked = at + 1 < len(STEPS) and STEPS[at + 1].command == "echo $?"
    assert code == 0 or asked, f"{step.command}: exit code {code}"
    assert step.prints(output) if step.expected else output == "", f"{step.command}:\n{output}"


def test_every_command_is_shown() -> None:
    from billing.cli.main import COMMANDS

    shown = {step.command.split()[1] for step in STEPS if step.command.startswith("imcost ")}
    assert shown == set(COMMANDS)


def test_links_lead_somewhere() -> None:
    for document in (README, ROOT / "CONTRIBUTING.md", ROOT / "docs" / "architecture.md"):
        text = document.read_text(encoding="utf-8")
        for link in re.findall(r'\]\(([^)#]+)\)|src="([^"]+)"', text):
            target = "".join(link)
            assert "://" in target or (document.parent / target).exists(), f"{document.name}: {target}"
