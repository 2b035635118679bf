"""The shell of the command tests, here too; what failed is tried again without a pause."""

import pytest

from tests.cli.conftest import imcost

__all__ = ["imcost", "no_pause"]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test wait between two tries."""
    monkeypatch.setattr("billing.alerting.delivery._sleep", lambda _: None)
