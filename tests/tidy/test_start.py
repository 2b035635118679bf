"""Asking for help costs no more than click does: no slow library is imported for it."""

import subprocess
import sys

import pytest

from tests.tidy.sources import ROOT

SLOW = (
    "duckdb",
    "sqlmodel",
    "sqlalchemy",
    "alembic",
    "weasyprint",
    "altair",
    "apprise",
    "pendulum",
    "babel",
    "jinja2",
    "rich",
)

PROGRAM = """
import sys
from billing.cli.main import run
code = run(sys.argv[1:])
print("\\nimported:", *sorted(name for name in sys.modules if "." not in name))
sys.exit(code)
"""


@pytest.mark.parametrize(
    "args",
    [["--help"], ["--version"], ["charges", "--help"], ["import", "--help"], ["estimate", "--help"]],
    ids=" ".join,
)
def test_help_imports_nothing_slow(args: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *args], cwd=ROOT, capture_output=True, text=True, check=True
    )
    imported = done.stdout.rpartition("imported:")[2].split()
    assert "click" in imported
    assert not set(imported) & set(SLOW)
