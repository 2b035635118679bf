"""Paths as users give them: folders, patterns, pipes and links; names that mean something elsewhere mean nothing here."""

import io
import os
import threading
from pathlib import Path

import pytest
import zstandard

from billing.importing import inputs
from billing.importing.inputs import find, take
from billing.importing.refusal import InputRefused
from tests.importing.reading import INSTANCE, csv_of, current, import_, write

RECORD = csv_of([INSTANCE])

HOSTILE = [
    "quote'.csv",
    'double".csv',
    "a[1].csv",
    "*.csv",
    "?.csv",
    "space and\ttab.csv",
    "new\nline.csv",
    "semi;colon--.csv",
    "{brace}.csv",
    "$(touch x).csv",
    "名字.csv",
    "-",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    """Quotes, patterns, blanks, line breaks: the name is only a name."""
    file = write(tmp_path / name, RECORD)
    write(tmp_path / "b.csv", "not to be read\n")
    summary = import_(tmp_path / "work 'space' [1]", file)
    assert [(batch.path, batch.new) for batch in summary.batches] == [(str(file), 1)]


def test_a_name_that_is_no_utf8(tmp_path: Path) -> None:
    """Names are bytes on this system: they are shown with escapes."""
    path = os.fsencode(tmp_path) + b"/\xff.csv"
    Path(os.fsdecode(path)).write_text(RECORD)
    summary = import_(tmp_path / "ws", os.fsdecode(path))
    assert [(batch.path, batch.new) for batch in summary.batches] == [(f"{tmp_path}/\\xff.csv", 1)]


def test_folders_are_read_through_sorted_and_for_record_files_only(tmp_path: Path) -> None:
    """Whatever else lies there is left alone and counted."""
    for name in (
        "b.csv",
        "a.JSONL",
        "sub/c.csv.gz",
        "sub/deeper/d.json.zst",
        ".hidden.csv",
        "README.md",
        "e.csv.bak",
    ):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        write(tmp_path / "in" / name, "x")
    found, left_alone = find([str(tmp_path / "in")])
    assert [Path(each.path).relative_to(tmp_path / "in").as_posix() for each in found] == [
        "a.JSONL",
        "b.csv",
        "sub/c.csv.gz",
        "sub/deeper/d.json.zst",
    ]
    assert left_alone == 3


def test_links_that_go_in_circles_end(tmp_path: Path) -> None:
    """A folder is read once, however many ways lead to it."""
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    write(folder / "sub" / "a.csv", "x")
    (folder / "sub" / "up").symlink_to(folder)
    (folder / "self").symlink_to(folder)
    found, _ = find([str(folder)])
    assert len(found) == 1


def test_patterns_match_files_below(tmp_path: Path) -> None:
    """Sorted, and folders are no files; a file that is called like a pattern is that file."""
    for name in ("a1.csv", "a2.csv", "sub/a3.csv", "a[1].csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write(tmp_path / name, "x")
    names = [Path(each.path).name for each in find([str(tmp_path / "**" / "a?.csv")])[0]]
    assert names == ["a1.csv", "a2.csv", "a3.csv"]
    assert [Path(each.path).name for each in find([str(tmp_path / "a[1].csv")])[0]] == ["a[1].csv"]


def test_a_named_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    """As a shell's <(command) gives one."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    feeder = threading.Thread(target=pipe.write_text, args=(RECORD,))
    feeder.start()
    assert import_(tmp_path / "ws", pipe).total("new") == 1
    feeder.join()


def test_the_same_bytes_twice_in_one_command_count_once(tmp_path: Path) -> None:
    """Under another name, too."""
    files = [write(tmp_path / name, RECORD) for name in ("a.csv", "b.csv")]
    summary = import_(tmp_path / "ws", *files)
    assert [(batch.new, batch.unchanged) for batch in summary.batches] == [(1, 0), (0, 1)]


def test_many_small_files_are_one_import(tmp_path: Path) -> None:
    """They go in together, each with its own counts."""
    (tmp_path / "in").mkdir()
    for n in range(40):
        rows = [{**INSTANCE, "instance_id": f"i{n}-{m}"} for m in range(n % 3)] + [
            {**INSTANCE, "started_at": "x"}
        ]
        write(tmp_path / "in" / f"{n:02}.csv", csv_of(rows))
    summary = import_(tmp_path / "ws", tmp_path / "in")
    assert [(batch.read, batch.new, batch.rejected) for batch in summary.batches[:3]] == [
        (1, 0, 1),
        (2, 1, 1),
        (3, 2, 1),
    ]
    assert len(current(tmp_path / "ws", "instances")) == summary.total("new") == 39


def test_what_expands_beyond_all_measure_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few bytes that become gigabytes are no usage records."""
    monkeypatch.setattr(inputs, "BOMB_BYTES", 1 << 20)
    file = write(tmp_path / "bomb", zstandard.compress(bytes(4 << 20)))
    (found,), _ = find([str(file)])
    with pytest.raises(InputRefused, match="expands beyond all measure"):
        take(found, tmp_path, 1, stdin=io.BytesIO(), watch=lambda _: None)


def test_bytes_are_counted_as_they_are_read(tmp_path: Path) -> None:
    """For the progress bar: all bytes as delivered, no more."""
    counted: list[int] = []
    file = write(tmp_path / "f", "x\n" * 5000)
    (found,), _ = find([str(file)])
    taken = take(found, tmp_path, 1, stdin=io.BytesIO(), watch=counted.append)
    assert (sum(counted), taken.size, taken.lines) == (10_000, 10_000, 5000)
