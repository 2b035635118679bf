"""JSON Lines: what DuckDB reads at once says what reading line by line says, or it is not read at once."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.importing import json_at_once
from billing.importing.formats import json_lines
from billing.importing.refusal import InputRefused
from tests.importing.reading import INSTANCE, Read, read, write

BEGIN = json.dumps(INSTANCE)[:-1]


def read_both_ways(text: str) -> tuple[Read | str, Read | str]:
    """What the file comes to at once, if it can be, and line by line; or why it is refused."""
    outcomes: list[Read | str] = []
    for large in (0, 1 << 40):
        with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            patch.setattr(json_at_once, "LARGE", large)
            try:
                outcomes.append(read(write(Path(folder) / "f", text)))
            except InputRefused as refused:
                outcomes.append(refused.message)
    return outcomes[0], outcomes[1]


VALUES = st.sampled_from(
    [
        "2",
        "2.5",
        "-1",
        "2.50",
        "2.5000000",
        "1234567.123456",
        "0.1234567",
        "1e2",
        "NaN",
        "Infinity",
        "12345678901234567890",
        "true",
        "null",
        '"2"',
        '" 2 "',
        '"x"',
        '""',
        "[]",
        "{}",
        '{"a": "1"}',
        '{"a": 1}',
        '["a", "b"]',
        '"\\ud83d\\ude00"',
        '"\\ud83d"',
        '"\\u0000"',
        '"2026-10-01T00:00:00Z"',
    ]
)
KEYS = st.sampled_from(
    ["vcpu", "extra_ephemeral_gib", "tags", "cache_id", "ended_at", "retracted", "region", "zzz"]
)
ENDS = st.sampled_from(["}", "}", "}", ",}", "", "} ", "}}", "}\r"])


@given(st.lists(st.tuples(st.lists(st.tuples(KEYS, VALUES), max_size=3), ENDS), min_size=1, max_size=4))
def test_both_ways_agree(lines: list[tuple[list[tuple[str, str]], str]]) -> None:
    """Whatever stands in the lines: the same good rows, the same rejected ones, or the same refusal."""
    text = "\n".join(
        BEGIN + "".join(f', "{key}": {value}' for key, value in members) + end for members, end in lines
    )
    at_once, line_by_line = read_both_ways(BEGIN + "}\n" + text)
    assert at_once == line_by_line


def test_a_large_file_is_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its bad rows, their lines and their raw texts; an empty line in the middle sends it the other way."""
    monkeypatch.setattr(json_at_once, "LARGE", 0)
    calls: list[Any] = []

    def line_by_line(*given: Any) -> Iterator[Any]:
        calls.append(given)
        return iter(())

    monkeypatch.setattr(json_lines, "_rows", line_by_line)
    lines = [json.dumps({**INSTANCE, "instance_id": f"i{n}", "vcpu": n - 1}) for n in range(3)]
    found = read(write(tmp_path / "f", "\n".join(lines) + "\n\n"))
    assert not calls
    assert (found.lines, found.codes) == ([3], [(1, "out_of_range"), (2, "out_of_range")])
    assert [bad.raw for bad in found.bad] == lines[:2]
    with pytest.raises(InputRefused):
        read(write(tmp_path / "g", "\n\n".join(lines)))
    assert calls


def test_half_a_character_is_no_text(tmp_path: Path) -> None:
    """An escape can write it, nothing can show it."""
    text = BEGIN + "}\n" + BEGIN + ', "cache_id": "\\ud83d"}\n' + BEGIN + ', "cache_id": "\\ud83d\\ude00"}\n'
    found = read(write(tmp_path / "f", text))
    assert found.codes == [(2, "bad_json")]
    assert found.good[1]["cache_id"] == "\U0001f600"
    answer = '{"ContainerGroups": [{"ContainerGroupId": "\\udc00", "CreationTime": "2026-10-01T00:00:00Z"}]}'
    assert read(write(tmp_path / "g", answer), account="1", region="r").codes == [(1, "bad_answer")]
