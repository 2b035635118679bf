"""The same records say the same, whatever the format, the compression or the way they arrive."""

import csv
import gzip
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
import zstandard

from billing.importing.formats import formats
from billing.warehouse import connect, text_literal
from tests.importing.reading import NOW, Bad, Row, current, import_, json_lines_of, read, write

CACHES: Sequence[Mapping[str, str]] = [
    {
        "cache_id": f"imc-{n}",
        "account_id": "1234567890123456",
        "region": "cn-hangzhou",
        "cache_name": ["plain", "auto-create-for-eci-1", 'quote " comma , break \n 名字'][n % 3],
        "creation_method": ["manual", "", ""][n % 3],
        "size_gib": ["20", "40.5", "0.000001"][n % 3],
        "snapshot_gib": ["", "2", "3.25"][n % 3],
        "instant": ["true", "false", ""][n % 3],
        "images": ["", '["nginx:1.27"]', '["a", "b"]'][n % 3],
        "created_at": ["2026-10-01T00:00:00Z", "2026-10-01T08:00:00+08:00", "2026-10-01T00:00:00.123456Z"][
            n % 3
        ],
        "ready_at": ["", "2026-10-01T08:05:00+08:00", "2026-10-01T00:05:00Z"][n % 3],
        "retention_days": ["", "7", ""][n % 3],
        "tags": ["", '{"b":"2","a":"1"}', '{"team":"search"}'][n % 3],
        "observed_at": "2026-11-01T00:00:00Z",
    }
    for n in range(6)
] + [
    {
        "cache_id": "imc-bad",
        "account_id": "1234567890123456",
        "region": "cn-hangzhou",
        "cache_name": "",
        "creation_method": "",
        "size_gib": "20.1234567",
        "snapshot_gib": "",
        "instant": "",
        "images": "",
        "created_at": "2026-10-01T00:00:00Z",
        "ready_at": "",
        "retention_days": "",
        "tags": "",
        "observed_at": "",
    }
]


def as_csv(rows: Sequence[Mapping[str, str]], _: Path) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_json_lines(rows: Sequence[Mapping[str, str]], _: Path) -> bytes:
    """With numbers, booleans, arrays and objects as JSON has them, and without what is empty."""
    decoded = []
    for row in rows:
        record: dict[str, object] = {name: value for name, value in row.items() if value != ""}
        for name in ("images", "tags", "instant", "retention_days"):
            if name in record:
                record[name] = json.loads(str(record[name]))
        decoded.append(record)
    text = json_lines_of(decoded)
    for size in ("40.5", "20", "0.000001", "20.1234567", "3.25", "2"):
        text = text.replace(f'_gib": "{size}"', f'_gib": {size}')
    return text.encode()


def as_parquet(rows: Sequence[Mapping[str, str]], folder: Path) -> bytes:
    """Typed: times with a zone, sizes as decimals, lists and maps."""
    source, target = folder / "rows.jsonl", folder / "rows.parquet"
    source.write_text(json_lines_of(rows))
    times = ", ".join(
        f"nullif({n}, '')::timestamptz as {n}" for n in ("created_at", "ready_at", "observed_at")
    )
    with connect(folder) as connection:
        connection.execute(
            f"copy (select * replace ({times}, size_gib::decimal(18, 9) as size_gib,"
            " nullif(snapshot_gib, '')::decimal(9, 2) as snapshot_gib, nullif(instant, '')::boolean as instant,"
            " nullif(retention_days, '')::integer as retention_days, nullif(images, '')::json::varchar[] as images,"
            " nullif(tags, '')::json::map(varchar, varchar) as tags)"
            f" from read_json({text_literal(str(source))}, format = 'newline_delimited', convert_strings_to_integers = false,"
            f" columns = {{{', '.join(f'{name}: VARCHAR' for name in rows[0])}}}) )"
            f" to {text_literal(str(target))} (format parquet)"
        )
    return target.read_bytes()


WRITERS: dict[str, Callable[[Sequence[Mapping[str, str]], Path], bytes]] = {
    "csv": as_csv,
    "jsonl": as_json_lines,
    "parquet": as_parquet,
}
PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "zstd": zstandard.compress,
    "two frames": lambda data: gzip.compress(data[:100]) + gzip.compress(data[100:]),
    "two zstd frames": lambda data: zstandard.compress(data[:100]) + zstandard.compress(data[100:]),
}


def without_places(rows: Sequence[Row]) -> list[Row]:
    return [{name: value for name, value in row.items() if name != "line"} for row in rows]


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("form", WRITERS)
def test_formats_and_compressions_agree(tmp_path: Path, form: str, packing: str) -> None:
    """The file has no telling name: what it holds says what it is."""
    expected = read(write(tmp_path / "expected", as_csv(CACHES, tmp_path)))
    found = read(write(tmp_path / "file", PACKINGS[packing](WRITERS[form](CACHES, tmp_path))))
    assert without_places(found.good) == without_places(expected.good)
    assert [(bad.code, bad.message) for bad in found.bad] == [(bad.code, bad.message) for bad in expected.bad]
    first = {"csv": 2, "jsonl": 1, "parquet": 1}[form]
    if form != "csv":
        assert found.lines == list(range(first, first + 6))
        assert [bad.line for bad in found.bad] == [first + 6]
    assert "imc-bad" in found.bad[0].raw


@pytest.mark.parametrize("form", WRITERS)
def test_standard_input_is_a_file_like_any_other(tmp_path: Path, form: str) -> None:
    """Imported from a pipe, it is known when the file comes, and the other way round."""
    data = WRITERS[form](CACHES, tmp_path)
    summary = import_(tmp_path / "ws", "-", stdin=data)
    assert (summary.batches[0].path, summary.total("new"), summary.total("rejected")) == ("-", 6, 1)
    again = import_(tmp_path / "ws", write(tmp_path / "file", data))
    assert (again.total("unchanged"), again.total("rejected")) == (6, 1)


def test_times_of_parquet_are_cut_to_microseconds_never_rounded(tmp_path: Path) -> None:
    """A nanosecond before midnight stays before midnight; times without a zone are rejected row by row."""
    for type_, outcome in (("timestamptz_ns", "2026-10-31T15:59:59.999999"), ("timestamp_ns", "naive_time")):
        file = tmp_path / f"{type_}.parquet"
        with connect(tmp_path) as connection:
            connection.execute(
                f"copy (select 'i' as instance_id, 'a' as account_id, 'r' as region,"
                f" make_timestamp_ns(1793462399999999999)::{type_} as started_at) to {text_literal(str(file))}"
            )
        found = read(file)
        assert [row["started_at"] for row in found.good] + [bad.code for bad in found.bad] == [outcome]


def test_binary_floats_are_read_by_their_shortest_text(tmp_path: Path) -> None:
    """0.1 is 0.1; a sum that only looks like 0.3 has too many decimals, and says so."""
    file = tmp_path / "f.parquet"
    with connect(tmp_path) as connection:
        connection.execute(
            "copy (select 'i' || n as instance_id, 'a' as account_id, 'r' as region, now() as started_at,"
            " case n when 1 then 0.1::double when 2 then 0.1::double + 0.2::double when 3 then 16::double"
            f" else 'nan'::double end as extra_ephemeral_gib from range(1, 5) as r(n)) to {text_literal(str(file))}"
        )
    found = read(file)
    assert [row["extra_ephemeral_micro"] for row in found.good] == [100_000, 16_000_000]
    assert found.codes == [(2, "too_precise"), (4, "bad_number")]


def test_a_column_without_any_value_counts_as_absent(tmp_path: Path) -> None:
    """Frames write a column of nothing with a type of its own."""
    file = tmp_path / "f.parquet"
    with connect(tmp_path) as connection:
        connection.execute(
            "copy (select 'i' as instance_id, 'a' as account_id, 'r' as region, now() as started_at, null as ended_at,"
            f" null::integer as tags) to {text_literal(str(file))}"
        )
    assert read(file).good[0]["ended_at"] is None


def test_json_numbers_keep_every_digit(tmp_path: Path) -> None:
    """A number that a binary float would round is rejected as what it is, and a large id stays whole."""
    record = '{"cache_id":"imc-1","account_id":12345678901234567890123,"region":"r","created_at":"2026-10-01T00:00:00Z",'
    found = read(
        write(tmp_path / "f", f'{record}"size_gib":20.00000000000000000001}}\n{record}"size_gib":20}}\n')
    )
    assert found.codes == [(1, "too_precise")]
    assert found.good[0]["account_id"] == "12345678901234567890123"


def test_json_lines_of_different_keys_are_one_file(tmp_path: Path) -> None:
    """What a line leaves out is empty; null is no value; text must be text."""
    text = (
        '{"instance_id":"i1","account_id":"a","region":"r","started_at":"2026-10-01T00:00:00Z"}\n'
        "\n"
        '{"tags":{"b":"1","a":"2"},"instance_id":"i2","account_id":"a","region":"r","started_at":"2026-10-01T00:00:00Z","ended_at":null}\n'
        '{"instance_id":true,"account_id":"a","region":"r","started_at":"2026-10-01T00:00:00Z"}\n'
        '{"instance_id":"i4","account_id":"a","region":"r","started_at":"2026-10-01T00:00:00Z","tags":{"a":1}}\n'
        '{"instance_id":"i5","account_id":"a","region":"r","started_at":1790812800}\n'
    )
    found = read(write(tmp_path / "f", text))
    assert [(row["line"], row["instance_id"], row["tags"]) for row in found.good] == [
        (1, "i1", None),
        (3, "i2", '{"a":"2","b":"1"}'),
    ]
    assert found.codes == [(4, "bad_text"), (5, "bad_tags"), (6, "bad_time")]


def test_formats_are_found_by_looking_into_their_folder() -> None:
    """No list names them; their names are what --format takes."""
    modules = {file.stem for file in (Path(__file__).parents[2] / "billing/importing/formats").glob("*.py")}
    assert len(formats()) == len(modules - {"__init__"})
    assert list(formats()) == sorted(formats())


def test_observations_without_a_time_are_of_now(tmp_path: Path) -> None:
    """The present moment is what the command says it is."""
    rows = [{name: value for name, value in CACHES[0].items() if name != "observed_at"}]
    import_(tmp_path / "ws", write(tmp_path / "f", as_csv(rows, tmp_path)))
    assert current(tmp_path / "ws", "caches")["imc-0"]["observed_at"] == NOW.removesuffix("Z")
    import_(tmp_path / "ws2", tmp_path / "f", observed_at="2026-10-05T00:00:00Z")
    assert current(tmp_path / "ws2", "caches")["imc-0"]["observed_at"] == "2026-10-05T00:00:00"


def test_a_rejected_row_of_parquet_shows_as_json(tmp_path: Path) -> None:
    """Parquet has no text of a row: its raw form is the row as JSON."""
    found = read(write(tmp_path / "f", as_parquet(CACHES, tmp_path)))
    assert isinstance(found.bad[0], Bad)
    assert json.loads(found.bad[0].raw)["cache_id"] == "imc-bad"
    assert "file_row_number" not in found.bad[0].raw
