"""Every command that the README shows is run, in order, in an empty folder, and prints what the README says."""

import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

import pikepdf
import pytest

from tests.alerting.receivers import smtp_receiver
from tests.docs.shell_blocks import Step, steps

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
STEPS = steps(README)

AS_OF = "2026-11-15T09:30:00+08:00"
"""The README's present: its demo's month is the last one before."""

BETWEEN = "@@ end of step"


class Session(NamedTuple):
    """What each step printed and its exit code, by its line, and the mails that were sent."""

    outcomes: dict[int, tuple[str, int]]
    mails: list[EmailMessage]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """All of the README's steps, run in one shell session; mail goes to a server of the test's own."""
    folder = tmp_path_factory.mktemp("readme")
    bin_folder = tmp_path_factory.mktemp("bin")
    program = bin_folder / "imcost"
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m billing.cli --as-of {AS_OF} "$@"\n'
    )
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}"}
    environment.pop("IMCOST_WORKSPACE", None)
    with smtp_receiver() as (mailbox, port):
        script = "\n".join(_lines(step, port) for step in STEPS)
        done = subprocess.run(
            ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
    parts = re.split(rf"{BETWEEN} (\d+)\n", done.stdout)[:-1]
    assert len(parts) == 2 * len(STEPS), done.stderr
    outcomes = {step.line: (parts[2 * at], int(parts[2 * at + 1])) for at, step in enumerate(STEPS)}
    return Session(outcomes, mailbox.mails)


def _lines(step: Step, port: int) -> str:
    """The shell lines of a step: `make` is only asked whether it has the target; a workspace that mails has an address."""
    if "--email" in step.command:
        address = f"mailto://127.0.0.1:{port}?from=imcost@example.com\\&to=finance@example.com"
        settings = f"{step.command.rpartition('--workspace ')[2]}/imcost.toml"
        step = replace(
            step, command=f"sed -i 's|^urls = .*|urls = [\"{address}\"]|' {settings}; {step.command}"
        )
    command = re.sub(r"^make ", f"make -C '{ROOT}' -n ", step.command)
    silent = " >/dev/null" if command != step.command else ""
    return f"{command}{silent}\ncode=$?; printf '%s %s\\n' '{BETWEEN}' $code; (exit $code)"


@pytest.mark.parametrize("at", range(len(STEPS)), ids=lambda at: f"line {STEPS[at].line}")
def test_a_command_does_what_the_readme_says(at: int, session: Session) -> None:
    step = STEPS[at]
    output, code = session.outcomes[step.line]
    asked = at + 1 < len(STEPS) and STEPS[at + 1].command == "echo $?"
    assert code == 0 or asked, f"{step.command}: exit code {code}"
    assert step.prints(output) if step.expected else output == "", f"{step.command}:\n{output}"


def test_the_reports_arrive_by_mail_with_their_data(session: Session) -> None:
    [mail] = session.mails
    assert mail["To"] == "finance@example.com"
    attached = {str(each.get_filename()): each.get_content() for each in mail.iter_attachments()}
    assert list(attached) == ["imcost-2026-10.pdf", "imcost-2026-10+team.pdf"]
    for content in attached.values():
        with pikepdf.open(io.BytesIO(content)) as pdf:
            assert "imcost-2026-10.json" in pdf.attachments


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
