"""A workspace of an older version is brought up to date, one of a newer is refused, and a broken one says so."""

import shutil
import sqlite3
import sys
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest

from billing.errors import WorkspaceError
from billing.store import catalogue, create_store, open_store
from billing.workspace import Workspace
from tests.store.journal import Seen, current, empty_store, keep

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{before}"


def upgrade() -> None:
    op.create_table("note", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("batch", sa.Column("remark", sa.String(), nullable=True))
    {then}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace with one record."""
    store = empty_store(tmp_path / "workspace")
    keep(store, [Seen("i-1", 1)], name="first")
    return store.workspace


def later_program(folder: Path, monkeypatch: pytest.MonkeyPatch, *, then: str) -> None:
    """Let the program be one with another schema version after the last."""
    shutil.copytree(str(files("billing.store") / "migrations"), folder / "migrations")
    text = NEXT.format(before=catalogue.SCHEMAS[-1], then=then)
    (folder / "migrations" / "versions" / "next.py").write_text(text)
    monkeypatch.setattr(catalogue, "MIGRATIONS", folder / "migrations")
    monkeypatch.setattr(catalogue, "SCHEMAS", (*catalogue.SCHEMAS, "next"))


def tables(workspace: Workspace) -> set[str]:
    """The tables of the catalogue."""
    with closing(sqlite3.connect(workspace.catalogue)) as connection:
        return {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}


def schema(path: Path) -> dict[tuple[str, str], str | None]:
    """The statement of every table and index of a catalogue, by kind and name, blanks aside."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("select type, name, sql from sqlite_master").fetchall()
    return {(kind, name): sql and "".join(sql.split()) for kind, name, sql in found}


def test_the_migrations_lead_to_what_a_new_catalogue_is(workspace: Workspace, tmp_path: Path) -> None:
    catalogue._migrate(tmp_path / "migrated.db")
    assert schema(tmp_path / "migrated.db") == schema(workspace.catalogue)


def test_an_older_workspace_is_brought_up_to_date(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later_program(tmp_path, monkeypatch, then="")
    store = open_store(workspace)
    assert "note" in tables(workspace)
    assert len(current(store)) == 1


def test_a_migration_that_fails_changes_nothing(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tables(workspace)
    with monkeypatch.context() as later:
        later_program(tmp_path, later, then="raise KeyboardInterrupt")
        with pytest.raises(KeyboardInterrupt):
            open_store(workspace)
    assert tables(workspace) == before
    assert len(current(open_store(workspace))) == 1


def test_a_workspace_of_a_newer_version_is_refused(workspace: Workspace) -> None:
    with closing(sqlite3.connect(workspace.catalogue)) as connection, connection:
        connection.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(
        WorkspaceError, match=r"was written by a newer imcost \(schema 9999\).*: upgrade imcost"
    ):
        open_store(workspace)


@pytest.mark.parametrize("content", [b"", b"not a database at all, but long enough to be read as one" * 20])
def test_a_broken_catalogue_is_refused_in_one_line(workspace: Workspace, content: bytes) -> None:
    for path in workspace.root.glob("catalogue.sqlite*"):
        path.unlink()
    workspace.catalogue.write_bytes(content)
    with pytest.raises(WorkspaceError) as refused:
        open_store(workspace)
    assert "catalogue" in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_records_without_their_catalogue_are_kept(workspace: Workspace) -> None:
    for path in workspace.root.glob("catalogue.sqlite*"):
        path.unlink()
    kept = set(workspace.records.iterdir())
    with pytest.raises(WorkspaceError, match="no catalogue that names them"):
        create_store(workspace)
    assert set(workspace.records.iterdir()) == kept


def test_no_workspace_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="there is no workspace here"):
        open_store(Workspace(tmp_path / "nowhere"))


def test_opening_a_current_workspace_imports_no_alembic(workspace: Workspace) -> None:
    import subprocess

    program = (
        "import sys; from pathlib import Path; from billing.store import open_store; from billing.workspace import Workspace;"
        "open_store(Workspace(Path(sys.argv[1]))); sys.exit('alembic' in sys.modules)"
    )
    root = Path(__file__).parents[2]
    assert (
        subprocess.run([sys.executable, "-c", program, str(workspace.root)], cwd=root, check=False).returncode
        == 0
    )
