"""The lock files hold exact versions with hashes, everything that pyproject asks for, and no address."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.tidy.sources import ROOT

LOCKS = (ROOT / "requirements.txt", ROOT / "requirements-bench.txt")


def locked(lock: Path) -> set[str]:
    """The names of the locked packages."""
    return {match[1] for match in re.finditer(r"^([a-z0-9.-]+)==[^ ]+ \\$", lock.read_text(), re.MULTILINE)}


def wanted(*extras: str) -> set[str]:
    """The names that pyproject asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lists = [project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras)]
    return {re.split(r"[<>=]", wish)[0] for wishes in lists for wish in wishes}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_line_is_a_pinned_version_a_hash_or_a_comment(lock: Path) -> None:
    line = re.compile(r"[a-z0-9.-]+==[^ ]+ \\|    --hash=sha256:[0-9a-f]{64}( \\)?|    #.*|#.*|")
    odd = [text for text in lock.read_text().splitlines() if not line.fullmatch(text)]
    assert not odd
    assert "://" not in lock.read_text()


def test_everything_that_is_asked_for_is_locked() -> None:
    assert wanted("dev") <= locked(LOCKS[0])
    assert wanted("dev", "bench") <= locked(LOCKS[1])


def test_the_benchmarks_run_on_what_is_tested() -> None:
    versions = [set(re.findall(r"^\S+==\S+", lock.read_text(), re.MULTILINE)) for lock in LOCKS]
    assert versions[0] <= versions[1]
