"""The changes that CONTRIBUTING shows apply to the project as it is, and do what it says they do."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DIFFS = re.findall(
    r"^```diff\n(.*?)^```$", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
)

CACHES = """cache_id,account_id,region,size_gib,snapshot_gib,created_at,ready_at
imc-1,1,cn-hangzhou,40,2,2027-01-05T10:00:00+08:00,2027-01-05T10:05:00+08:00
"""

OBJECTS = """{"kind": "List", "items": [{
  "metadata": {"name": "sample", "creationTimestamp": "2027-01-05T02:00:00Z"},
  "spec": {"images": ["centos:latest"], "imageCacheSize": 25, "retentionDays": 7},
  "status": {"imageCacheId": "imc-2", "phase": "Ready"}}]}
"""


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product with every change applied, and something to import."""
    folder = tmp_path_factory.mktemp("changed")
    for name in ("rules", "billing", "reports"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for diff in DIFFS:
        done = subprocess.run(
            ["git", "apply", "--verbose"], cwd=folder, input=diff, text=True, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
    (folder / "caches.csv").write_text(CACHES)
    (folder / "objects.json").write_text(OBJECTS)
    imported = imcost(
        folder, "import", "caches.csv", "objects.json", "--account", "1", "--region", "cn-hangzhou", "--json"
    )
    assert json.loads(imported)["new"] == 2
    return folder


def imcost(folder: Path, *args: str) -> str:
    """What a command of the changed program prints; the month is over."""
    command = [sys.executable, "-m", "billing.cli", "--as-of", "2027-02-01", *args]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_four_changes_are_shown() -> None:
    assert len(DIFFS) == 4


def test_the_new_charge_is_billed(changed: Path) -> None:
    assert re.search(r"creation\.request +0\.04", imcost(changed, "charges", "2027-01"))


def test_the_new_tariff_is_fine(changed: Path) -> None:
    assert "tariffs/ours.toml is fine" in imcost(changed, "tariff", "check", "tariffs/ours.toml")


def test_the_new_format_is_imported(changed: Path) -> None:
    assert '"imc-2"' in imcost(changed, "charges", "2027-01", "--json")


def test_the_new_section_is_in_the_report(changed: Path) -> None:
    imcost(changed, "report", "2027-01", "--html", "report.html")
    assert "Unused caches" in (changed / "report.html").read_text(encoding="utf-8")
