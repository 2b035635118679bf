"""The ten lines of docs/statements.md recompute the hashes of closed statements, and notice one changed digit."""

import json
import re
import subprocess
import sys

import pytest

from tests.cli.running import ROOT, process
from tests.made_demo import AS_OF, copied_demo

SCRIPT = re.findall(
    r"^```python\n(.*?)^```$",
    (ROOT / "docs" / "statements.md").read_text(encoding="utf-8"),
    re.DOTALL | re.MULTILINE,
)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The statements of a closed month, as JSON."""
    workspace = tmp_path_factory.mktemp("closed") / "ws"
    copied_demo(workspace, tmp_path_factory)
    options = ("--workspace", workspace, "--as-of", AS_OF)
    assert process("close", "2026-10", "--allow-estimates", *options).code == 0
    return process("statement", "2026-10", "--json", *options).out


def recompute(statements: str) -> subprocess.CompletedProcess[str]:
    """Run what the document shows."""
    return subprocess.run(
        [sys.executable, "-c", *SCRIPT], input=statements, capture_output=True, text=True, check=False
    )


def test_everyone_can_recompute_the_hash(closed: str) -> None:
    assert len(json.loads(closed)["statements"]) == 3
    assert recompute(closed).stdout == "every statement is as it was closed\n"


def test_a_changed_digit_is_found(closed: str) -> None:
    changed = json.loads(closed)
    line = changed["statements"][1]["lines"][0]
    line["amount"] = line["amount"].replace("0", "1", 1)
    assert "AssertionError" in recompute(json.dumps(changed)).stderr
