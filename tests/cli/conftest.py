"""A shell with an empty workspace folder, in a folder of the test's own."""

from pathlib import Path

import pytest

from tests.cli.running import Shell


@pytest.fixture
def imcost(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Runs commands; the workspace is `tmp_path/ws`, which does not exist yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IMCOST_WORKSPACE", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    return Shell(capsys, tmp_path / "ws")
