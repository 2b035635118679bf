"""The wheel holds our three packages with their data files, and puts nothing else at the top of site-packages."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from billing import __version__
from tests.tidy.sources import PRODUCT, ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A freshly built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    assert wheel.name == f"imcost-{__version__}-py3-none-any.whl"
    return wheel


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    """The names in it."""
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_only_our_packages_are_at_the_top(names: set[str]) -> None:
    assert {name.split("/")[0] for name in names} == {*PRODUCT, f"imcost-{__version__}.dist-info"}


def test_every_file_of_the_packages_is_in_it(names: set[str]) -> None:
    listed = subprocess.run(
        ["git", "ls-files", *PRODUCT], cwd=ROOT, check=True, capture_output=True, text=True
    )
    tracked = set(listed.stdout.splitlines())
    assert {Path(name).suffix for name in tracked} >= {".py", ".sql", ".toml", ".po", ".html", ".css"}
    assert tracked - names == set()


def test_it_has_the_command_and_the_licence(names: set[str]) -> None:
    assert f"imcost-{__version__}.dist-info/entry_points.txt" in names
    assert f"imcost-{__version__}.dist-info/licenses/LICENSE" in names


def test_the_whole_program_runs_from_it(wheel: Path, tmp_path: Path) -> None:
    with ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site-packages")
    program = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); import billing; print(billing.__file__);"
        " from billing.cli.main import main; main()"
    )
    command = [
        sys.executable,
        "-c",
        program,
        str(tmp_path / "site-packages"),
        "demo",
        "--as-of",
        "2026-11-15",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path / "site-packages"))
    assert (tmp_path / "imcost-demo" / "reports" / "imcost-2026-10.pdf").exists()
