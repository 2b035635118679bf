"""kill -9 at every durable step, and at random times, leaves what was before or what comes after; then trying again works."""

import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from billing.checks import run_checks
from billing.store import open_store
from billing.workspace import Workspace
from tests.store.crash_driver import FIRST, SCENARIOS, add
from tests.store.journal import current, versions

ROOT = Path(__file__).parents[2]
AS_OF = datetime(2026, 11, 24, tzinfo=UTC)


def state(root: Path) -> object:
    """Everything that counts in a workspace; None where nothing was ever imported."""
    workspace = Workspace(root)
    if not workspace.exists():
        return None
    store = open_store(workspace)
    if not store.batches():
        return None
    return (
        current(store),
        versions(store),
        [batch.model_dump() for batch in store.batches()],
        len(store.rejections()),
    )


def sound(root: Path) -> bool:
    """Whether no check finds an error, and nothing lies about that nobody names."""
    findings = run_checks(open_store(Workspace(root)), as_of=AS_OF)
    return not [
        each for each in findings if each.check.severity == "error" or each.check.name == "unnamed_files"
    ]


@pytest.mark.parametrize(
    ("scenario", "stride"),
    [
        ("revise", 6),
        pytest.param("create", 1, marks=pytest.mark.slow),
        pytest.param("revise", 1, marks=pytest.mark.slow),
    ],
)
def test_a_kill_at_any_step_leaves_before_or_after(scenario: str, stride: int, tmp_path: Path) -> None:
    template, after = tmp_path / "template", tmp_path / "after"
    for root in (template, after):
        root.mkdir()
        if scenario != "create":
            add(root, "first", FIRST)
    before_state = state(template)
    SCENARIOS[scenario](after)
    after_state = state(after)
    command = [
        sys.executable,
        "-m",
        "tests.store.crash_driver",
        scenario,
        str(stride),
        str(template),
        str(tmp_path),
    ]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    steps = range(1, int(ran.stdout), stride)
    assert len(steps) > 3
    seen = []
    for step in steps:
        root = tmp_path / str(step)
        seen.append(state(root))
        assert seen[-1] in (before_state, after_state), f"step {step}"
        SCENARIOS[scenario](root)
        assert state(root) == after_state, f"step {step}"
        assert sound(root), f"step {step}"
    assert before_state in seen
    assert after_state in seen


def command_line(root: Path, *arguments: str) -> list[str]:
    """imcost on this workspace, as a process of its own."""
    program = "from billing.cli.main import main; main()"
    return [sys.executable, "-c", program, "--workspace", str(root), *arguments]


def usage_file(path: Path, *, first: int, rows: int) -> Path:
    """A CSV of instances whose ids count from `first`."""
    lines = ["instance_id,account_id,region,cache_id,started_at,ended_at,observed_at"]
    lines += [
        f"eci-{number},a,cn-hangzhou,imc-{number % 7},2026-10-01T00:00:00Z,2026-10-01T01:00:00Z,2026-10-02T00:00:00Z"
        for number in range(first, first + rows)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.slow
def test_a_kill_at_a_random_time_leaves_before_or_after(tmp_path: Path) -> None:
    files = [usage_file(tmp_path / f"{number}.csv", first=number * 1000, rows=1000) for number in range(3)]
    root = tmp_path / "workspace"
    subprocess.run(command_line(root, "import", str(files[0])), cwd=ROOT, check=True, capture_output=True)
    began = time.monotonic()
    subprocess.run(
        command_line(tmp_path / "other", "import", str(files[1])), cwd=ROOT, check=True, capture_output=True
    )
    usual_s = time.monotonic() - began
    chance = random.Random(20261124)
    for _ in range(10):
        with subprocess.Popen(
            command_line(root, "import", str(files[1]), str(files[2])),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            time.sleep(usual_s * chance.random())
            process.kill()
        assert len(current(open_store(Workspace(root)))) in (1000, 3000)
    subprocess.run(command_line(root, "import", *map(str, files)), cwd=ROOT, check=True, capture_output=True)
    assert len(current(open_store(Workspace(root)))) == 3000
    assert sound(root)


@pytest.mark.slow
def test_four_imports_at_once_all_succeed(tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    files = [usage_file(tmp_path / f"{number}.csv", first=number * 100, rows=100) for number in range(4)]
    processes = [
        subprocess.Popen(
            command_line(root, "import", str(file)), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for file in files
    ]
    for process in processes:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
    store = open_store(Workspace(root))
    assert len(current(store)) == 400
    assert [batch.id for batch in store.batches()] == [1, 2, 3, 4]
    assert sound(root)
