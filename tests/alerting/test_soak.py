"""Thousands of checks in processes that are killed at random: every change arrives, and none under two keys."""

import json
import random
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest

from billing.store import create_store
from billing.workspace import Workspace
from tests.alerting.soak_driver import CHANNELS, expected

ROOT = Path(__file__).parents[2]
SEED = 7


def soak(folder: Path, count: int, kills: int) -> int:
    """Run so many checks, killing the process until it was done or killed so often; how often it was killed."""
    command = [
        sys.executable,
        "-m",
        "tests.alerting.soak_driver",
        str(folder / "ws"),
        str(folder / "log"),
        str(count),
        str(SEED),
    ]
    chance, killed = random.Random(SEED), 0
    while True:
        with subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as running:
            if killed < kills:
                before = size(folder / "log")
                while running.poll() is None and size(folder / "log") == before:
                    time.sleep(0.01)
                time.sleep(chance.randrange(200) / 1000)
                if running.poll() is None:
                    running.kill()
                    killed += 1
                    continue
            out, err = running.communicate()
            assert running.returncode == 0, err
            assert "done" in out
            return killed


def size(path: Path) -> int:
    """The bytes of a file, 0 where there is none."""
    return path.stat().st_size if path.exists() else 0


@pytest.mark.parametrize(("count", "kills"), [(300, 8), pytest.param(10_000, 60, marks=pytest.mark.slow)])
def test_every_change_arrives_and_none_under_two_keys(tmp_path: Path, count: int, kills: int) -> None:
    create_store(Workspace(tmp_path / "ws"))
    killed = soak(tmp_path, count, kills)
    assert killed >= kills // 2
    wanted = set(expected(count, SEED))
    assert len(wanted) > count // 20
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    for channel in CHANNELS:
        keys: dict[tuple[str, int, str], set[str]] = defaultdict(set)
        for name, key, alert, number, change in lines:
            if name == channel:
                keys[alert, number, change].add(key)
        assert set(keys) == wanted
        assert all(len(found) == 1 for found in keys.values())
        assert len({key for found in keys.values() for key in found}) == len(wanted)
    assert len(lines) > len(CHANNELS) * len(wanted), "nothing was ever sent again"
