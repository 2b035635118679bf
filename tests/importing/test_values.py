"""What a value may look like, column type by column type: decided once, the same for CSV, JSON Lines and Parquet text."""

from collections.abc import Callable
from pathlib import Path

import pytest

from billing.importing import json_at_once
from billing.warehouse import connect
from tests.importing.reading import CACHE, INSTANCE, csv_of, json_lines_of, read, write

NUMBERS = {
    "20": 20_000_000,
    "0.5": 500_000,
    "20.000000": 20_000_000,
    "20.123456": 20_123_456,
    "0.000001": 1,
    "32768": 32_768_000_000,
    "007": 7_000_000,
    " 20 ": 20_000_000,
    "20.1234567": "too_precise",
    "20.0000000": "too_precise",
    "20.00000000000000000000001": "too_precise",
    "0": "out_of_range",
    "-0": "out_of_range",
    "-5": "out_of_range",
    "32768.000001": "out_of_range",
    "99999999999999999999": "out_of_range",
    "+5": "bad_number",
    "1e5": "bad_number",
    "1E-3": "bad_number",
    "NaN": "bad_number",
    "inf": "bad_number",
    "Infinity": "bad_number",
    ".5": "bad_number",
    "5.": "bad_number",
    "1_000": "bad_number",
    "0x10": "bad_number",
    "20GiB": "bad_number",
    "2 0": "bad_number",
    "٢٠": "bad_number",
    "": "missing_value",
}

TIMES = {
    "2026-10-01T00:00:00Z": "2026-10-01T00:00:00",
    "2026-10-01T08:00:00+08:00": "2026-10-01T00:00:00",
    "2026-09-30T19:30:00-04:30": "2026-10-01T00:00:00",
    "2026-10-01 00:00:00Z": "2026-10-01T00:00:00",
    "2026-10-01t00:00:00z": "2026-10-01T00:00:00",
    "2026-10-1T0:0:0Z": "2026-10-01T00:00:00",
    " 2026-10-01T00:00:00Z ": "2026-10-01T00:00:00",
    "2026-10-01T00:00:00.5Z": "2026-10-01T00:00:00.500000",
    "2026-10-01T00:00:00.999999999Z": "2026-10-01T00:00:00.999999",
    "2028-02-29T00:00:00Z": "2028-02-29T00:00:00",
    "2026-10-01T00:00:00": "naive_time",
    "2026-10-01 00:00": "naive_time",
    "2026-10-01": "naive_time",
    "2026-10-01T00:00:00.123": "naive_time",
    "2026-10-01T00:00Z": "bad_time",
    "2026-10-01T24:00:00Z": "bad_time",
    "2026-10-01T23:59:60Z": "bad_time",
    "2027-02-29T00:00:00Z": "bad_time",
    "2026-13-01T00:00:00Z": "bad_time",
    "2026-10-01T00:00:00+24:00": "bad_time",
    "2026-10-01T00:00:00+0800": "bad_time",
    "2026-10-01T00:00:00 Asia/Shanghai": "bad_time",
    "Thu 01 Oct 2026 00:00:00 GMT": "bad_time",
    "1790812800": "bad_time",
    "infinity": "bad_time",
    "epoch": "bad_time",
    "now": "bad_time",
    "1999-12-31T23:59:59Z": "time_out_of_range",
    "9999-12-31T23:59:59Z": "time_out_of_range",
    "": "missing_value",
}

BOOLEANS = {
    "true": True,
    "false": False,
    "TRUE": True,
    "False": False,
    "": False,
    "1": "bad_boolean",
    "yes": "bad_boolean",
    "t": "bad_boolean",
}

INTEGERS = {
    "1": 1,
    "0365": 365,
    "": None,
    "0": "out_of_range",
    "-1": "out_of_range",
    "65537": "out_of_range",
    "99999999999999999999": "out_of_range",
    "7.0": "bad_integer",
    "7.5": "bad_integer",
    "1e2": "bad_integer",
    "seven": "bad_integer",
}

CASES = [
    (record, column, stored, value, outcome)
    for record, column, stored, table in (
        (CACHE, "size_gib", "size_micro", NUMBERS),
        (INSTANCE, "started_at", "started_at", TIMES),
        (CACHE, "instant", "instant", BOOLEANS),
        (CACHE, "retention_days", "retention_days", INTEGERS),
    )
    for value, outcome in table.items()
]


@pytest.mark.parametrize("large", [0, 1 << 20], ids=["at once", "line by line"])
@pytest.mark.parametrize("form", [csv_of, json_lines_of])
def test_every_value_comes_out_as_decided(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    form: Callable[[list[dict[str, str]]], str],
    large: int,
) -> None:
    """All values of a column in one file, so that good and bad ones stand side by side."""
    monkeypatch.setattr(json_at_once, "LARGE", large)
    for column in ("size_gib", "started_at", "instant", "retention_days"):
        cases = [case for case in CASES if case[1] == column]
        rows = [{**record, column: value} for record, _, _, value, _ in cases]
        found = read(write(tmp_path / column, form(rows)))
        first = 2 if form is csv_of else 1
        outcomes = {line - first: code for line, code in found.codes}
        outcomes |= {row["line"] - first: row[cases[0][2]] for row in found.good}
        assert {cases[n][3]: outcome for n, outcome in outcomes.items()} == {c[3]: c[4] for c in cases}


def test_a_value_alone_comes_out_the_same(tmp_path: Path) -> None:
    """A file with nothing else in it may be read another, quicker way: the outcome is the same."""
    with connect(tmp_path) as connection:
        for record, column, stored, value, outcome in CASES:
            file = write(tmp_path / "one.csv", csv_of([{**record, column: value}]))
            found = read(file, connection=connection)
            shown = [code for _, code in found.codes] or [row[stored] for row in found.good]
            assert shown == [outcome], (column, value)


def test_sizes_that_nothing_is_charged_on_are_rounded(tmp_path: Path) -> None:
    """A GiB made of MiB has ten decimals: memory may have them, what is charged may not."""
    found = read(write(tmp_path / "memory", csv_of([{**INSTANCE, "memory_gib": "0.2685546875"}])))
    assert found.good[0]["memory_micro"] == 268_555
    found = read(write(tmp_path / "extra", csv_of([{**INSTANCE, "extra_ephemeral_gib": "0.2685546875"}])))
    assert found.codes == [(2, "too_precise")]


@pytest.mark.parametrize(
    ("tags", "outcome"),
    [
        ('{"team":"search"}', '{"team":"search"}'),
        ('{"b": "2", "a": "1"}', '{"a":"1","b":"2"}'),
        (' {"a" : "\\u00e9\\n"} ', '{"a":"é\\n"}'),
        ('{"":"empty key"}', '{"":"empty key"}'),
        ("{}", None),
        ("", None),
        ('{"a":1}', "bad_tags"),
        ('{"a":null}', "bad_tags"),
        ('{"a":{"b":"c"}}', "bad_tags"),
        ('{"a":"1","a":"2"}', "bad_tags"),
        ('{"a":"\\u0000"}', "bad_tags"),
        ('["a"]', "bad_tags"),
        ('"a"', "bad_tags"),
        ("team=search", "bad_tags"),
        ('{"a":', "bad_tags"),
        ("[" * 5000 + "]" * 5000, "bad_tags"),
        (
            "{" + ",".join(f'"k{n:02}":"v"' for n in range(20)) + "}",
            "{" + ",".join(f'"k{n:02}":"v"' for n in range(20)) + "}",
        ),
        ("{" + ",".join(f'"k{n}":"v"' for n in range(21)) + "}", "too_many_tags"),
    ],
)
def test_tags_are_an_object_of_text_in_a_fixed_order(tmp_path: Path, tags: str, outcome: str | None) -> None:
    """Stored sorted by key and without blanks, so that two ways of writing them are the same content."""
    quoted = '"' + tags.replace('"', '""') + '"'
    one = read(write(tmp_path / "one.csv", csv_of([{**INSTANCE, "tags": quoted}])))
    many = read(write(tmp_path / "many.csv", csv_of([{**INSTANCE, "tags": quoted}] * 30)))
    for found in (one, many):
        if str(outcome).startswith(("bad", "too")):
            assert {code for _, code in found.codes} == {outcome}
        else:
            assert {row["tags"] for row in found.good} == {outcome}


@pytest.mark.parametrize(
    ("images", "outcome"),
    [
        ('["nginx:1.27", "redis"]', '["nginx:1.27","redis"]'),
        ("[]", None),
        ('["a", 1]', "bad_images"),
        ('{"a":"b"}', "bad_images"),
        ("nginx", "bad_images"),
        (
            str([f"i{n}" for n in range(20)]).replace("'", '"'),
            str([f"i{n}" for n in range(20)]).replace("'", '"').replace(" ", ""),
        ),
        (str([f"i{n}" for n in range(21)]).replace("'", '"'), "too_many_images"),
    ],
)
def test_images_are_an_array_of_text(tmp_path: Path, images: str, outcome: str | None) -> None:
    """At most twenty, as the provider allows."""
    quoted = '"' + images.replace('"', '""') + '"'
    found = read(write(tmp_path / "c.csv", csv_of([{**CACHE, "images": quoted}])))
    assert (
        found.codes == [(2, outcome)]
        if str(outcome).startswith(("bad", "too"))
        else found.good[0]["images"] == outcome
    )


@pytest.mark.parametrize(
    "name",
    ["x" * 10_000, "=cmd|' /C calc'!A0", "<script>", "\x1b[31mred", "{{ 7*7 }}", "名字", "\u202eevil", " a "],
)
def test_names_are_stored_as_they_are(tmp_path: Path, name: str) -> None:
    """Nothing is escaped on the way in: that is the business of whoever prints."""
    found = read(write(tmp_path / "c.csv", csv_of([{**CACHE, "cache_name": name}])))
    assert found.good[0]["cache_name"] == name


def test_what_must_hold_between_times(tmp_path: Path) -> None:
    """An end equal to the begin is fine, one before it is not; a build has one outcome."""
    later, earlier = "2026-10-01T00:00:01Z", "2026-09-30T23:59:59Z"
    same = CACHE["created_at"]
    empty = dict.fromkeys(["ready_at", "failed_at", "standard_snapshot_at", "deleted_at", "expires_at"], "")
    cases = [
        ({"ready_at": same, "deleted_at": same}, None),
        ({"ready_at": earlier}, "wrong_order"),
        ({"failed_at": earlier}, "wrong_order"),
        ({"deleted_at": earlier}, "wrong_order"),
        ({"ready_at": later, "deleted_at": same}, "wrong_order"),
        ({"ready_at": later, "standard_snapshot_at": same}, "wrong_order"),
        ({"ready_at": same, "failed_at": same}, "two_outcomes"),
        ({"expires_at": earlier}, None),
    ]
    found = read(write(tmp_path / "c.csv", csv_of([{**CACHE, **empty, **given} for given, _ in cases])))
    assert found.codes == [(n, code) for n, (_, code) in enumerate(cases, start=2) if code]


def test_the_method_of_creation_follows_from_the_name_where_it_is_not_said(tmp_path: Path) -> None:
    """Only the name tells; what was derived is marked."""
    names = ["auto-create-for-eci-1", "mine", "auto-create-for-eci-2"]
    methods = ["", "", "manual"]
    rows = [{**CACHE, "cache_name": n, "creation_method": m} for n, m in zip(names, methods, strict=True)]
    found = read(write(tmp_path / "c.csv", csv_of(rows)))
    assert [row["creation_method"] for row in found.good] == ["automatic", "manual", "manual"]
    assert [row["derived"] for row in found.good] == ["creation_method", "creation_method", None]
    found = read(write(tmp_path / "without.csv", csv_of([CACHE])))
    assert found.good[0]["creation_method"] == "manual"
