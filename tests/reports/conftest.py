"""A shell whose workspace has the caches and instances of test_command."""

from pathlib import Path

import pytest

from tests.cli.running import Shell
from tests.reports.test_command import CACHES, INSTANCES


@pytest.fixture
def imcost(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Shell:
    """Runs commands on that workspace."""
    shell = Shell(capsys, tmp_path / "ws")
    for name, content in (("caches.csv", CACHES), ("instances.csv", INSTANCES)):
        (tmp_path / name).write_text(content)
        assert shell("import", tmp_path / name).code == 0
    return shell
