"""`imcost check`: every check finds what it is for, with the rows, and nothing else; a sound workspace has no findings."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from billing.checks import Finding, closing_errors, run, run_checks
from billing.checks.checklist import CHECKS, FILE_CHECKS
from billing.cli.main import run as run_command
from billing.store import NewBatch, Store, open_store
from billing.store.layout import StagedFile
from billing.store.schema import COLUMNS, KEYS, Kind
from billing.workspace import Workspace
from rules.period import Month
from tests.store.journal import IMPORTED_AT, Seen, empty_store, hour_sql, keep, relation

AS_OF = datetime(2026, 10, 31, tzinfo=UTC)

CACHE = {
    "account_id": "'a'",
    "region": "'cn-hangzhou'",
    "cache_id": "'imc-1'",
    "creation_method": "'manual'",
    "size_micro": "20000000",
    "snapshot_copies": "1",
    "flash_copies": "1",
    "instant": "false",
    "created_at": hour_sql(0),
    "ready_at": hour_sql(0),
    "ready_observed": "false",
    "observed_at": hour_sql(20),
    "retracted": "false",
}
INSTANCE = Seen("i-1", 20, 9).content | {"vcpu_micro": "2000000", "memory_micro": "4000000"}
DAYS_AGO = "timestamp '2026-10-01' - to_days({})"

STRANGE: dict[str, tuple[Kind, dict[str, str]]] = {
    "used_before_ready": ("caches", {"ready_at": hour_sql(2)}),
    "used_after_deletion": ("caches", {"deleted_at": hour_sql(0)}),
    "unknown_caches": ("instances", {"cache_id": "'imc-9'"}),
    "unmetered_builds": ("caches", {"ready_at": "null"}),
    "matched_before_creation": ("caches", {"last_matched_at": DAYS_AGO.format(1)}),
    "expires_before_creation": ("caches", {"expires_at": DAYS_AGO.format(1)}),
    "empty_instances": ("instances", {"ended_at": hour_sql(0)}),
    "empty_caches": ("caches", {"deleted_at": hour_sql(0)}),
    "future_instances": ("instances", {"ended_at": hour_sql(24 * 40)}),
    "future_caches": ("caches", {"observed_at": hour_sql(24 * 40)}),
    "overdue_caches": ("caches", {"creation_method": "'automatic'"}),
    "odd_instances": ("instances", {"vcpu_micro": "65000000"}),
}
"""For each warning, what makes an otherwise sound record strange."""


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a cache, an instance that used it, a revision and a withdrawal."""
    folder = tmp_path_factory.mktemp("sound")
    store = empty_store(folder)
    observe(store, "caches", CACHE)
    observe(store, "instances", INSTANCE)
    keep(store, [Seen("i-2", 1), Seen("i-2", 2, 3), Seen("i-3", 1)], name="revised")
    keep(store, [Seen("i-3", 2, retracted=True), Seen("i-2", 1, 8)], name="withdrawn")
    return folder


@pytest.fixture
def store(made_once: Path, tmp_path: Path) -> Store:
    """That workspace, for one test to damage."""
    return open_store(Workspace(shutil.copytree(made_once, tmp_path / "workspace")))


def observe(store: Store, kind: Kind, content: dict[str, str]) -> None:
    """Import one record."""
    with store.writer() as writer:
        batch = writer.add_batch(NewBatch("one.csv", kind, "csv", f"{kind}{content}", IMPORTED_AT, read=1))
        writer.connection.execute(f"create temp table one as {relation(kind, [(batch, 2, content)])}")
        writer.post(kind, "one")
        writer.commit(imported_at=IMPORTED_AT)


def names(findings: list[Finding], severity: str) -> set[str]:
    """The checks of this severity that found something."""
    return {each.check.name for each in findings if each.check.severity == severity}


def test_a_sound_workspace_has_no_findings(store: Store) -> None:
    assert run_checks(store, as_of=AS_OF) == []


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_strange_is_a_warning(name: str, store: Store) -> None:
    kind, change = STRANGE[name]
    observe(
        store, kind, {"caches": CACHE, "instances": INSTANCE}[kind] | {"observed_at": hour_sql(21)} | change
    )
    findings = run_checks(store, as_of=AS_OF)
    assert names(findings, "error") == set()
    assert name in names(findings, "warning")
    (found,) = [each for each in findings if each.check.name == name]
    assert found.count == len(found.rows) == 1
    assert {"account_id", "region"} < found.rows[0].keys()


def posting(kind: Kind, **changed: str) -> str:
    """A posting like those of the sound workspace, as SQL, with some columns changed."""
    view = {"instances": "instance_postings", "caches": "cache_postings"}[kind]
    listed = ", ".join(f"cast({value} as {COLUMNS[kind][name]}) as {name}" for name, value in changed.items())
    return f"select * replace ({listed}) from {view} where sign = 1 order by batch, line limit 1"


def key(cache_key: int, cache_id: str) -> str:
    """A key, as SQL."""
    values = (f"cast({cache_key} as integer)", "'a'", "'cn-hangzhou'", f"'{cache_id}'")
    return "select " + ", ".join(f"{value} as {name}" for value, name in zip(values, KEYS, strict=True))


DAMAGE: dict[str, tuple[str, str]] = {
    "instance_batches": ("instances", posting("instances", batch="77", instance_id="'i-7'")),
    "cache_batches": ("caches", posting("caches", posted="77", line="3", cache_id="'imc-1'", sign="0")),
    "instance_reversals": ("instances", posting("instances", sign="-1", until_s="until_s + 1")),
    "cache_reversals": ("caches", posting("caches", sign="-1", batch="2")),
    "instances_counting_twice": ("instances", posting("instances", line="3")),
    "caches_counting_twice": ("caches", posting("caches", line="3")),
    "keys_given": ("keys", key(9, "imc-1")),
    "instance_keys": ("instances", posting("instances", line="3", instance_id="'i-7'", cache_key="9")),
    "cache_keys": ("caches", posting("caches", line="3", cache_id="'imc-7'")),
    "instance_seconds": (
        "instances",
        posting("instances", line="3", instance_id="'i-7'", started_s="started_s + 1"),
    ),
    "cache_seconds": ("caches", posting("caches", line="3", region="'cn-x'", ready_s="null")),
}
"""For each error in the journal, a posting or key that no import would write."""


def damage(store: Store, name: str) -> None:
    """Post what no import would."""
    kind, select = DAMAGE[name]
    with store.writer() as writer:
        path = store.workspace.staging / "damage.parquet"
        columns = ", ".join(
            KEYS if kind == "keys" else COLUMNS["caches" if kind == "caches" else "instances"]
        )
        writer.connection.execute(f"copy (select {columns} from ({select})) to '{path}' (format parquet)")
        writer._staged.append(StagedFile(kind, path))
        writer.commit(imported_at=IMPORTED_AT)


def stopping(store: Store) -> set[str]:
    """The errors that stop a close of the records' month."""
    with store.reader() as reader:
        return names(closing_errors(store, reader, Month("2026-10"), as_of=AS_OF), "error")


@pytest.mark.parametrize("name", DAMAGE)
def test_what_no_import_writes_is_an_error(name: str, store: Store) -> None:
    damage(store, name)
    assert name in names(run_checks(store, as_of=AS_OF), "error")
    assert name in stopping(store)


@pytest.mark.parametrize("name", sorted(DAMAGE))
def test_it_stops_a_close_of_a_large_month_too(
    name: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "MOST_COUNTED", 0)
    assert stopping(store) == set()
    damage(store, name)
    assert name in stopping(store)


def test_a_large_month_is_not_counted_again_unless_something_speaks_against_its_files(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "MOST_COUNTED", 0)
    damage(store, run.COUNTING_TWICE)
    believed = "update recordfile set resolved = sha256 where kind = 'instances'"
    changed = "update recordfile set resolved = 'other' where kind = 'instances' and resolved <> ''"
    for belief, found in ((believed, set()), (changed, {run.COUNTING_TWICE}), (believed, set())):
        with closing(sqlite3.connect(store.workspace.catalogue)) as connection, connection:
            connection.execute(belief)
        assert stopping(store) & {run.COUNTING_TWICE} == found
    assert run.COUNTING_TWICE in names(run_checks(store, as_of=AS_OF), "error")
    assert run.COUNTING_TWICE in stopping(store)


def test_an_import_notes_that_its_records_count_once_and_merging_files_keeps_it(store: Store) -> None:
    def believed() -> set[bool]:
        return {file.counts_once for file in store.record_files() if file.kind == "instances"}

    def merge() -> None:
        files = [f for f in store.record_files() if (f.kind, f.role) == ("instances", "current")]
        assert len(files) > 1
        with store.writer() as writer:
            writer.compact("instances", files)

    assert believed() == {True}
    merge()
    assert believed() == {True}
    damage(store, run.COUNTING_TWICE)
    assert believed() == {True, False}
    merge()
    # What was set aside before is still known to count once; nothing is known of what was merged with the damage.
    assert {f.counts_once for f in store.record_files() if (f.kind, f.role) == ("instances", "current")} == {
        False
    }


CATALOGUE_DAMAGE = {
    "batch_counts": "update batch set unchanged = unchanged + 1 where id = 2",
    "quarantine_counts": "update batch set rejected = 1, read = 2 where id = 2",
    "instance_versions": "update batch set new = 9, read = 9 where id = 2",
    "cache_versions": "update batch set new = 9, read = 9 where id = 1",
}


@pytest.mark.parametrize("name", CATALOGUE_DAMAGE)
def test_counts_that_do_not_add_up_are_an_error(name: str, store: Store) -> None:
    with closing(sqlite3.connect(store.workspace.catalogue)) as connection, connection:
        connection.execute(CATALOGUE_DAMAGE[name])
    assert names(run_checks(store, as_of=AS_OF), "error") == {name}
    assert stopping(store) == {name}


def test_files_that_are_absent_or_changed_are_an_error(store: Store) -> None:
    first, second, *_ = store.record_files()
    (store.workspace.records / first.name).unlink()
    with (store.workspace.records / second.name).open("ab") as content:
        content.write(b"!")
    findings = run_checks(store, as_of=AS_OF)
    assert {each.check.name: each.rows for each in findings} == {
        "absent_files": ({"file": first.name},),
        "changed_files": ({"file": second.name},),
    }
    assert stopping(store) == {"absent_files", "changed_files"}


def test_a_file_that_nobody_names_is_a_warning(store: Store) -> None:
    (store.workspace.records / "stray.parquet").touch()
    assert [each.check.name for each in run_checks(store, as_of=AS_OF)] == ["unnamed_files"]


def test_every_check_is_shown_to_find_something() -> None:
    shown = {*STRANGE, *DAMAGE, *CATALOGUE_DAMAGE, *(check.name for check in FILE_CHECKS)}
    assert shown == {check.name for check in (*CHECKS, *FILE_CHECKS)}


def test_the_command_says_what_it_found(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["check", "--workspace", str(store.workspace.root), "--as-of", "2026-10-31T00:00:00Z"]
    assert run_command(arguments) == 0
    assert capsys.readouterr().out == "every check holds\n"
    observe(store, "instances", INSTANCE | {"observed_at": hour_sql(21), "cache_id": "'imc-[red]\x1b'"})
    assert run_command(arguments) == 0
    said = capsys.readouterr().out
    assert "warning unknown_caches" in said
    assert "imc-[red]\\x1b" in said
    next(store.workspace.records.glob("caches-*")).unlink()
    assert run_command([*arguments, "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert [each["check"] for each in answer["errors"]] == ["absent_files"]
    assert answer["errors"][0]["count"] == 1
    assert answer["warnings"] == []


def test_the_command_needs_a_workspace(tmp_path: Path) -> None:
    assert run_command(["check", "--workspace", str(tmp_path / "nowhere")]) == 2
    assert not Workspace(tmp_path / "nowhere").root.exists()
