"""The lineage of record files: what compaction merged is found again, and nothing is merged that isn't as it was written."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from billing.errors import WorkspaceError
from billing.store import Store
from billing.store.compaction import refuse_lost_rows
from billing.store.hashing import file_sha256, files_sha256
from billing.store.lineage import Lineage, LineageError, Step, read_lineage
from tests.store.journal import Seen, empty_store, keep


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A workspace with three files of instances, one of which takes back what another holds."""
    store = empty_store(tmp_path / "workspace")
    for number in range(3):
        keep(store, [Seen("i-1", number, number + 1), Seen(f"i-{number + 2}", 1)], name=f"batch-{number}")
    return store


def instances(store: Store) -> dict[str, str]:
    """The digests of the files of instances, by name."""
    return {file.name: file.sha256 for file in store.record_files() if file.kind == "instances"}


def merge(store: Store) -> None:
    """Merge all current files of instances."""
    with store.writer() as writer, store.reader() as reader:
        writer.compact("instances", reader.files["instances", "current"])


def test_files_that_were_merged_twice_are_found_in_what_is_there(store: Store) -> None:
    first = set(instances(store).values())
    merge(store)
    keep(store, [Seen("i-9", 1)], name="later")
    merge(store)
    now = set(instances(store).values())
    assert not first & now
    lineage = Lineage(read_lineage(store.mergings()), now)
    assert lineage.missing(first, "") == []
    assert lineage.missing([*first, "f" * 64], "") == ["f" * 64]
    assert lineage.missing(now, store.last_merging()) == []
    assert lineage.missing(now, "cut off") is None
    lost = Lineage(read_lineage(store.mergings()), set())
    assert lost.missing(first, "")


def test_only_what_was_merged_afterwards_is_followed() -> None:
    steps = [Step(1, ("a",), ("b",), "one"), Step(2, ("b", "c"), ("d", "e"), "two")]
    assert Lineage(steps, {"d", "e"}).missing(["a", "c"], "") == []
    assert Lineage(steps, {"d", "e"}).missing(["a"], "one") == ["a"]
    assert Lineage(steps, {"d"}).missing(["c"], "one") == ["c"]


@pytest.mark.parametrize("column", ["document", "sha256", "previous"])
def test_one_changed_letter_of_the_lineage_is_found(store: Store, column: str) -> None:
    merge(store)
    keep(store, [Seen("i-9", 1)], name="later")
    merge(store)
    with closing(sqlite3.connect(store.workspace.catalogue)) as catalogue, catalogue:
        catalogue.execute(f"update merging set {column} = {column} || ' ' where id = 1")
    with pytest.raises(LineageError, match=r"^merging [12] of record files"):
        read_lineage(store.mergings())


def test_a_changed_file_is_not_merged(store: Store) -> None:
    before = instances(store)
    with (store.workspace.records / next(iter(before))).open("r+b") as content:
        content.seek(6)
        content.write(b"!")
    merge(store)
    assert instances(store) == before
    assert store.last_merging() == ""


def test_a_merging_that_would_lose_a_row_is_refused(store: Store) -> None:
    files = [file for file in store.record_files() if file.kind == "instances"]
    refuse_lost_rows(files, files)
    with pytest.raises(WorkspaceError, match="would have made"):
        refuse_lost_rows(files, files[1:])


def test_digests_come_in_the_order_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    assert file_sha256(tmp_path / "a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    assert files_sha256([tmp_path / "b", tmp_path / "a"]) == [None, file_sha256(tmp_path / "a")]
