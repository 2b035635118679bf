"""Who waits for whom: writers for one another, with a bound; readers for nobody, and nothing that they read disappears."""

import os
import time
from pathlib import Path

import pytest

from billing.errors import WorkspaceBusyError
from billing.store import Store
from tests.store.journal import Seen, compact, current, empty_store, keep, post


def test_a_second_writer_waits_and_then_says_who_writes(tmp_path: Path) -> None:
    store = empty_store(tmp_path)
    with (
        store.writer(),
        pytest.raises(WorkspaceBusyError, match=f"process {os.getpid()} is writing"),
        store.writer(0),
    ):
        pytest.fail("there were two writers")


def test_a_reader_waits_for_no_writer_and_sees_nothing_half_done(tmp_path: Path) -> None:
    store = empty_store(tmp_path)
    keep(store, [Seen("i-1", 1)], name="first")
    with store.writer() as writer:
        post(writer, [Seen("i-2", 1)], name="second")
        began = time.monotonic()
        assert {id for _, id, *_ in current(store)} == {"i-1"}
        assert time.monotonic() - began < 10
        writer.commit(imported_at="2026-11-01T00:00:00Z")
        assert {id for _, id, *_ in current(store)} == {"i-1", "i-2"}


def test_a_reader_keeps_what_it_saw_until_it_is_done(tmp_path: Path) -> None:
    store = empty_store(tmp_path)
    keep(store, [Seen("i-1", 1)], name="first")
    records = store.workspace.records
    with store.reader() as reader:
        seen = set(os.listdir(records))
        keep(store, [Seen("i-1", 2)], name="second")
        compact(store)
        assert seen <= set(os.listdir(records))
        with reader.connection() as connection:
            assert connection.execute("select sum(sign) from every_instance_posting").fetchall() == [(1,)]
    with store.writer():
        pass
    assert set(os.listdir(records)) == {file.name for file in store.record_files()}
    assert not list(store.workspace.staging.iterdir())


def interrupted(store: Store) -> None:
    """An import that the user breaks off."""
    with store.writer() as writer:
        post(writer, [Seen("i-1", 2)], name="second")
        raise KeyboardInterrupt


def test_leaving_without_a_commit_changes_nothing(tmp_path: Path) -> None:
    store = empty_store(tmp_path)
    keep(store, [Seen("i-1", 1)], name="first")
    before = current(store), store.batches(), os.listdir(store.workspace.records)
    with pytest.raises(KeyboardInterrupt):
        interrupted(store)
    assert (current(store), store.batches(), os.listdir(store.workspace.records)) == before
    assert not list(store.workspace.staging.iterdir())


def test_many_small_imports_are_merged_when_it_pays(tmp_path: Path) -> None:
    store = empty_store(tmp_path)
    for number in range(20):
        keep(store, [Seen(f"i-{number}", 1)], name=str(number))
    files = [file for file in store.record_files() if file.kind == "instances"]
    assert len(files) < 10
    assert len(current(store)) == 20


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    store = empty_store(tmp_path / "a*b [c]? d'e %20 中文")
    keep(store, [Seen("i-1", 1)], name="first")
    keep(store, [Seen("i-1", 2)], name="second")
    compact(store)
    assert current(store) == {("a", "i-1", 2, None, "imc-1", None)}
