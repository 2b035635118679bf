"""`imcost import` and `imcost rejected` as users run them."""

import json
import os
import pty
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.running import Shell, command_line, process
from tests.importing.reading import INSTANCE, csv_of, write

COUNTS = ("read", "new", "revised", "unchanged", "rejected")


@pytest.fixture
def imcost(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Runs commands in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return Shell(capsys, tmp_path / "ws")


def rows(*ids: str, **columns: str) -> str:
    """Instances with these ids as CSV."""
    return csv_of([{**INSTANCE, "instance_id": each, **columns} for each in ids])


def counts(answer: dict[str, int]) -> tuple[int, ...]:
    """read, new, revised, unchanged, rejected."""
    return tuple(answer[name] for name in COUNTS)


def test_the_answer_has_the_shape_of_the_interface(imcost: Shell, tmp_path: Path) -> None:
    """Batches in the order of the arguments, and the sums."""
    file = write(tmp_path / "a.csv", rows("i1", "i2") + "i3,a,r,yesterday\n")
    result = imcost("import", file, "--json", "--as-of", "2026-11-01T00:00:00Z")
    assert result.code == 3
    assert result.json == {
        "batches": [
            {
                "path": str(file),
                "kind": "instances",
                "read": 3,
                "new": 2,
                "revised": 0,
                "unchanged": 0,
                "rejected": 1,
            }
        ],
        "read": 3,
        "new": 2,
        "revised": 0,
        "unchanged": 0,
        "rejected": 1,
    }
    assert "imcost rejected" in result.err


def test_importing_twice_changes_nothing(imcost: Shell, tmp_path: Path) -> None:
    """Rejected rows are counted again, and stand in the quarantine once."""
    file = write(tmp_path / "a.csv", rows("i1") + "i2,a,r,yesterday\n")
    imcost("import", file)
    again = imcost("import", file, "--json")
    assert (again.code, counts(again.json)) == (3, (2, 0, 0, 1, 1))
    assert len(imcost("rejected", "--json").json["rejected"]) == 1
    moved = write(tmp_path / "b.csv", file.read_bytes())
    assert counts(imcost("import", moved, "--json").json) == (2, 0, 0, 1, 1)


def test_a_later_observation_revises_and_a_withdrawal_counts_as_one(imcost: Shell, tmp_path: Path) -> None:
    """New, revised, unchanged: what the interface calls so."""
    first = write(
        tmp_path / "1.csv", rows("i1", "i2", "i3", observed_at="2026-10-01T00:00:00Z", retracted="false")
    )
    later = write(
        tmp_path / "2.csv",
        rows("i1", observed_at="2026-10-02T00:00:00Z", retracted="false")
        + rows("i2", observed_at="2026-10-02T00:00:00Z", retracted="true").split("\n")[1]
        + "\n"
        + rows("i3", observed_at="2026-09-01T00:00:00Z", retracted="false").split("\n")[1]
        + "\n",
    )
    assert counts(imcost("import", first, "--json").json) == (3, 3, 0, 0, 0)
    assert counts(imcost("import", later, "--json").json) == (3, 0, 2, 1, 0)


def test_a_dry_run_counts_and_changes_nothing(imcost: Shell, tmp_path: Path) -> None:
    """Neither on a workspace, nor where there is none."""
    file = write(tmp_path / "a.csv", rows("i1"))
    dry = imcost("import", file, "--dry-run", "--json")
    assert (dry.code, counts(dry.json)) == (0, (1, 1, 0, 0, 0))
    assert not imcost.workspace.exists()
    imcost("import", file)
    other = write(tmp_path / "b.csv", rows("i1", "i2", observed_at="2027-01-01T00:00:00Z") + "x\n")
    before = sorted((path, path.stat().st_mtime_ns) for path in imcost.workspace.rglob("*.parquet"))
    assert counts(imcost("import", other, "--dry-run", "--json").json) == (3, 1, 1, 0, 1)
    assert before == sorted((path, path.stat().st_mtime_ns) for path in imcost.workspace.rglob("*.parquet"))
    assert imcost("rejected", "--json").json == {"rejected": []}
    assert counts(imcost("import", other, "--json").json) == (3, 1, 1, 0, 1)


def test_the_summary_names_what_was_derived_and_what_to_look_at(imcost: Shell, tmp_path: Path) -> None:
    """A table on stdout, what must be known on stderr."""
    text = (
        "cache_id,account_id,region,size_gib,created_at\n"
        + "imc-1,a,r,20,2026-10-01T00:00:00Z\n" * 2
        + "imc-2,a,r,0,x\n"
    )
    result = imcost("import", write(tmp_path / "caches.csv", text))
    assert "derived: creation_method of 2 caches" in result.out
    row = next(line.split() for line in result.out.splitlines() if "caches.csv" in line)
    assert row[1:] == [
        "caches",
        "3",
        "1",
        "0",
        "1",
        "1",
    ]
    assert result.err == "warning: 1 rows were rejected: see imcost rejected\n"


def test_the_quarantine_lists_file_line_and_what_to_do(imcost: Shell, tmp_path: Path) -> None:
    """As a table, and as JSON; it is no error to have one."""
    file = write(tmp_path / "a.csv", rows("i1") + "i2,a,r,\x1b[31m\n")
    imcost("import", file)
    assert imcost("rejected", "--json").json == {
        "rejected": [
            {
                "batch": 1,
                "path": str(file),
                "line": 3,
                "raw": "i2,a,r,\x1b[31m",
                "code": "bad_time",
                "message": "started_at is not a time: write it as 2026-10-01T00:00:00+08:00",
            }
        ]
    }
    shown = imcost("rejected")
    assert shown.code == 0
    assert "bad_time" in shown.out
    assert "\x1b[31m" not in shown.out


def test_no_quarantine_is_said(imcost: Shell, tmp_path: Path) -> None:
    """An empty list, not an empty screen."""
    imcost("import", write(tmp_path / "a.csv", rows("i1")))
    assert imcost("rejected").out == "no rows were rejected\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["a.csv", "--observed-at", "2026-10-01T00:00:00"], "--observed-at"),
        (["a.csv", "--observed-at", "yesterday"], "--observed-at"),
        (["a.csv", "--account", " "], "--account"),
        (["a.csv", "--format", "excel"], "--format"),
        (["absent.csv"], "absent.csv"),
        ([], "PATH"),
    ],
)
def test_wrong_use_is_told_in_one_line(
    imcost: Shell, tmp_path: Path, arguments: list[str], says: str
) -> None:
    """With exit code 2, and nothing was changed."""
    write(tmp_path / "a.csv", rows("i1"))
    result = imcost("import", *arguments)
    assert (result.code, result.out) == (2, "")
    assert says in result.err
    assert result.err.count("\n") == 1
    assert not imcost.workspace.exists()


def test_a_refused_file_is_told_in_one_line_whatever_it_is_called(imcost: Shell, tmp_path: Path) -> None:
    """Control characters in a name do not reach the terminal."""
    file = write(tmp_path / "evil\x1b[2J\n.csv", "no,such,columns\n")
    result = imcost("import", file)
    assert result.code == 2
    assert result.err.count("\n") == 1
    assert "\x1b" not in result.err


def test_standard_input_is_read_from_a_pipe(tmp_path: Path) -> None:
    """In a process of its own, with text and with an answer of the provider."""
    workspace = ["--workspace", str(tmp_path / "ws")]
    assert process("import", "-", *workspace, "--json", input=rows("i1")).json["new"] == 1
    answer = json.dumps({"Attributes": {"MaxImageCacheCount": 50, "UsedImageCacheCount": 1}})
    result = process("import", "-", *workspace, "--json", "--account", "a", "--region", "r", input=answer)
    assert [(batch["kind"], batch["new"]) for batch in result.json["batches"]] == [("quotas", 1)]


def test_progress_shows_on_a_terminal_only(tmp_path: Path) -> None:
    """stderr is empty in a pipe, and moves on a terminal."""
    file = write(tmp_path / "a.csv", rows("i1"))
    assert process("import", file, "--workspace", tmp_path / "ws1").err == ""
    terminal, end = pty.openpty()
    command = command_line("import", file, "--workspace", tmp_path / "ws2")
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=end, check=True, env={**os.environ, "TERM": "xterm"}
    )
    os.close(end)
    time.sleep(0.1)
    shown = os.read(terminal, 100_000).decode(errors="replace")
    os.close(terminal)
    assert "reading" in shown or "storing" in shown
    assert b"instances" in done.stdout
