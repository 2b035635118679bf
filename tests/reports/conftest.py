"""A shell whose workspace has the caches and instances of test_command; charts are held against their schema."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reports import charts
from tests.cli.running import Shell
from tests.reports.test_command import CACHES, INSTANCES


@pytest.fixture(autouse=True, scope="session")
def charts_held_against_their_schema() -> Iterator[None]:
    """Every chart that a test draws keeps to Vega-Lite's schema."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(charts, "VALIDATED", True)
        yield


@pytest.fixture
def imcost(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Shell:
    """Runs commands on that workspace."""
    shell = Shell(capsys, tmp_path / "ws")
    for name, content in (("caches.csv", CACHES), ("instances.csv", INSTANCES)):
        (tmp_path / name).write_text(content)
        assert shell("import", tmp_path / name).code == 0
    return shell
