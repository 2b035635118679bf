"""What is unreadable as a whole is refused before anything is imported: in one line that says what, where and what to do."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from billing.errors import UsageError
from billing.importing.refusal import InputRefused
from billing.warehouse import connect, text_literal
from tests.importing.reading import CACHE, INSTANCE, csv_of, import_, json_lines_of, read, write

GOOD = csv_of([INSTANCE])


def refusal(file: Path) -> str:
    """What is said about a file that is refused; only one line, with the file's name."""
    with pytest.raises(InputRefused) as refused:
        read(file)
    said = str(refused.value)
    assert "\n" not in said
    assert str(file) in said
    return said


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("", "the file is empty"),
        ("\n\n", "the file is empty"),
        (gzip.compress(b"", mtime=0), "the file is empty"),
        (gzip.compress(GOOD.encode(), mtime=0)[:-4], "its gzip compression is broken"),
        (zstandard.compress(GOOD.encode())[:-4], "its zstd compression is broken"),
        (b"\x1f\x8b" + b"x" * 100, "its gzip compression is broken"),
        ("name,age\nx,1\n", "no known kind of usage record has the columns 'name', 'age'"),
        ("# Notes\n\nText.\n", "no known kind of usage record has the columns '# Notes'"),
        (GOOD.replace("started_at", "start_at"), "unknown column 'start_at' .*did you mean 'started_at'"),
        (GOOD.replace("region", "Region"), "unknown column 'Region' .*did you mean 'region'"),
        (GOOD.replace("\n", ",zzz\n", 1), "unknown column 'zzz' .*use one of "),
        (
            GOOD.replace("region", "regio").replace("account_id", "acount"),
            "'acount'.*'account_id'.*'regio'.*'region'",
        ),
        (GOOD.replace("region", "account_id"), "column 'account_id' appears more than once"),
        (GOOD.replace("region", ""), "a column has no name"),
        (GOOD.replace("started_at", "ended_at"), "instances need the column 'started_at' .*add the column"),
        (
            csv_of([{k: v for k, v in CACHE.items() if k != "region"}]),
            "caches need the column 'region' .*give --region",
        ),
        ('"instance_id,account_id\n', "the header row can't be read"),
        (GOOD.encode("utf-16"), "the file is of no known kind .*UTF-8"),
        ("{", "this is not JSON"),
        ('{"ImageCaches": [', "this is not JSON"),
        ("{}", "the file is of no known kind"),
        ("[]", "the file is of no known kind"),
        ("[1, 2]", "the file is of no known kind"),
        ('{"some": "object"}', "the file is of no known kind .*its keys are some"),
        (json.dumps([INSTANCE]), "the file is of no known kind .*one record a line"),
        (json.dumps(INSTANCE, indent=1), "the file is of no known kind .*one record a line"),
        (
            json_lines_of([INSTANCE, {**INSTANCE, "end_at": "x"}]),
            "unknown column 'end_at' .*did you mean 'ended_at'",
        ),
        ("[" * 100_000, "nested too deep"),
        ('{"ImageCaches": ' + "[" * 5_000 + "]" * 5_000 + "}", "nested too deep"),
        (json_lines_of([INSTANCE]) + '{"tags": ' + "[" * 5_000 + "]" * 5_000 + "}", "nested too deep"),
        (json_lines_of([INSTANCE]) + '{"tags": ' + "[" * 900 + "]" * 900 + "}", "nested too deep"),
        (b'{\n"ImageCaches": "\xff"}', "not UTF-8"),
        (b"PAR1" + b"x" * 100 + b"PAR1", "the Parquet file is broken"),
        (b"\x00\x01\x02\x03", "no known kind"),
    ],
)
def test_a_file_that_is_unreadable_as_a_whole(tmp_path: Path, data: str | bytes, says: str) -> None:
    """Absent columns, unknown ones, broken compression, broken JSON: the sentence names what to do."""
    file = write(tmp_path / "file", data)
    with pytest.raises(InputRefused, match=says):
        read(file)
    refusal(file)


@pytest.mark.parametrize(
    ("column", "says"),
    [
        (
            "1790812800 as started_at",
            "column 'started_at' has the type INTEGER .*timestamps with a zone, or text",
        ),
        ("now() as started_at, true as vcpu", "column 'vcpu' has the type BOOLEAN .*numbers, or text"),
        ("now() as started_at, 'x'::blob as cache_id", "column 'cache_id' has the type BLOB .*text"),
        ("now() as started_at, [1, 2] as tags", "column 'tags' has the type INTEGER.* .*a map of text"),
    ],
)
def test_a_column_of_parquet_that_can_not_hold_what_it_means(tmp_path: Path, column: str, says: str) -> None:
    """The type is named, and what it could be."""
    file = tmp_path / "f.parquet"
    with connect(tmp_path) as connection:
        select = f"select 'i' as instance_id, 'a' as account_id, 'r' as region, {column}"
        connection.execute(f"copy ({select}) to {text_literal(str(file))}")
    with pytest.raises(InputRefused, match=says):
        read(file)


def test_parquet_that_breaks_off_is_refused(tmp_path: Path) -> None:
    """At the end, in the middle of a page, anywhere."""
    file = tmp_path / "f.parquet"
    with connect(tmp_path) as connection:
        select = "select 'i' || n as instance_id, 'a' as account_id, 'r' as region, now() as started_at from range(5000) r(n)"
        connection.execute(f"copy ({select}) to {text_literal(str(file))}")
    data = file.read_bytes()
    for broken in (data[:-10], data[:8] + b"\xff" * 400 + data[408:]):
        with pytest.raises(InputRefused, match="broken"):
            read(write(tmp_path / "broken", broken))


def absent(folder: Path) -> Path:
    return folder / "absent.csv"


def dangling(folder: Path) -> Path:
    link = folder / "link"
    link.symlink_to(folder / "nowhere")
    return link


def empty_folder(folder: Path) -> Path:
    (folder / "empty").mkdir()
    write(folder / "empty" / "notes.txt", "nothing")
    return folder / "empty"


def no_match(folder: Path) -> Path:
    return folder / "*.nothing"


@pytest.mark.parametrize(
    ("path", "says"),
    [
        (absent, "there is no such file or folder"),
        (dangling, "the link leads nowhere"),
        (empty_folder, "the folder holds no usage records"),
        (no_match, "no file matches"),
        (lambda _: Path("/dev/null"), "neither a file nor a folder"),
    ],
)
def test_what_is_not_there(tmp_path: Path, path: Callable[[Path], Path], says: str) -> None:
    """An argument that leads to nothing is a mistake, not an empty import."""
    with pytest.raises(InputRefused, match=says):
        import_(tmp_path / "ws", path(tmp_path))


def test_one_unreadable_file_stops_the_whole_import(tmp_path: Path) -> None:
    """All inputs are looked at before anything is written: not even the workspace is made."""
    good, bad = write(tmp_path / "good.csv", GOOD), write(tmp_path / "worse.csv", "nothing\n1\n")
    with pytest.raises(InputRefused):
        import_(tmp_path / "ws", good, bad)
    assert not (tmp_path / "ws").exists()


def test_a_format_can_be_forced_and_is_then_meant(tmp_path: Path) -> None:
    """Capitals don't matter; an unknown name is answered with the nearest."""
    file = write(tmp_path / "f", json_lines_of([INSTANCE]))
    assert read(file, format_="JSONL").good
    with pytest.raises(InputRefused, match="the header row can't be read"):
        read(file, format_="csv")
    with pytest.raises(UsageError, match="did you mean 'parquet'"):
        read(file, format_="parket")
