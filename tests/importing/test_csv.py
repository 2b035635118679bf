"""CSV as it comes: line numbers are the file's own, however the records lie in it, and one broken row costs one row."""

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.importing.csv_records import MOST_ROW_LINES, records
from billing.importing.formats.csv_text import CsvReading
from tests.importing.reading import INSTANCE, Read, csv_of, read, write

HEADER = "instance_id,account_id,region,started_at,cache_id\n"


def row(number: int, cache: str = "imc-1", start: str = "2026-10-01T00:00:00Z") -> str:
    """One good row, without its line end."""
    return f"eci-{number},a,r,{start},{cache}"


def lines_of(found: Read) -> dict[str, int]:
    """The line of each good row."""
    return {each["instance_id"]: each["line"] for each in found.good}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
@pytest.mark.parametrize("last", ["", "END", "ENDENDEND"], ids=["open", "closed", "empty lines"])
def test_the_header_is_line_one_whatever_ends_the_lines(
    tmp_path: Path, end: str, mark: bytes, last: str
) -> None:
    """Byte order mark, line ends, a missing or a surplus line end at the end: all the same records."""
    text = end.join([HEADER.strip(), row(1), row(2)]) + last.replace("END", end)
    found = read(write(tmp_path / "f", mark + text.encode()))
    assert lines_of(found) == {"eci-1": 2, "eci-2": 3}
    assert not found.bad


def test_a_header_alone_is_an_empty_list(tmp_path: Path) -> None:
    """Nothing was used: that is no error."""
    assert read(write(tmp_path / "f", HEADER)).good == []


def test_lines_hold_where_fields_have_line_breaks_and_lines_are_empty(tmp_path: Path) -> None:
    """A record's line is the one on which it begins."""
    text = (
        HEADER
        + "\n"
        + row(1)
        + "\n"
        + row(2, '"imc-\n\n2"')
        + "\n\n\n"
        + row(3, start="x")
        + "\n"
        + row(4)
        + "\n"
    )
    found = read(write(tmp_path / "f", text))
    assert lines_of(found) == {"eci-1": 3, "eci-2": 4, "eci-4": 10}
    assert found.codes == [(9, "bad_time")]
    assert found.good[1]["cache_id"] == "imc-\n\n2"
    assert found.bad[0].raw == row(3, start="x")


def test_a_broken_row_costs_one_row(tmp_path: Path) -> None:
    """A quote that is never closed does not swallow the rows after it."""
    text = (
        HEADER
        + row(1)
        + "\n"
        + row(2, '"imc-2')
        + "\n"
        + row(3, '"imc"-3')
        + "\n"
        + row(4)
        + ",5\n"
        + row(6)
        + "\n"
    )
    found = read(write(tmp_path / "f", text))
    assert lines_of(found) == {"eci-1": 2, "eci-6": 6}
    assert found.codes == [(3, "bad_quoting"), (4, "bad_quoting"), (5, "field_count")]


def test_a_quote_that_opens_again_and_again_is_read_in_time(tmp_path: Path) -> None:
    """Every row opens a quote: each is looked at with a bounded number of rows after it."""
    rows = 3 * MOST_ROW_LINES
    text = HEADER + "".join(row(n, '"imc"x') + "\n" for n in range(rows)) + row(rows, '"x')
    found = read(write(tmp_path / "f", text))
    assert len(found.bad) == rows + 1


def test_raw_text_is_kept_as_it_stands(tmp_path: Path) -> None:
    """With its quotes and blanks; what is no UTF-8 shows as a replacement character."""
    data = HEADER.encode() + b'"eci-1", "a",r,never,"x ""y"""\n' + b"eci-2,a,r,2026-10-01T00:00:00Z,\xff\n"
    found = read(write(tmp_path / "f", data))
    assert [bad.raw for bad in found.bad] == [
        '"eci-1", "a",r,never,"x ""y"""',
        "eci-2,a,r,2026-10-01T00:00:00Z,\ufffd",
    ]


def test_surplus_empty_fields_at_the_end_do_not_matter(tmp_path: Path) -> None:
    """As spreadsheets write them, in the header and in rows; surplus values do."""
    text = HEADER.strip() + ",,\n" + row(1) + ",,\n" + row(2) + "\n" + row(3) + ",,x\n"
    for text_ in (text, text + "\n\n" + row(4)):
        found = read(write(tmp_path / "f", text_))
        assert found.lines[:2] == [2, 3]
        assert found.codes == [(4, "field_count")]


def test_blanks_before_a_quote_do_not_matter(tmp_path: Path) -> None:
    """The same where records are lines and where they are taken apart one by one."""
    plain = HEADER + 'eci-1, "a, b", "r",2026-10-01T00:00:00Z, "imc ""1"""\n'
    for text in (plain, plain + "\n\n" + row(2) + "\n"):
        first = read(write(tmp_path / "f", text)).good[0]
        assert (first["account_id"], first["region"], first["cache_id"]) == ("a, b", "r", 'imc "1"')


def test_times_that_change_their_form_are_read_all_the_same(tmp_path: Path) -> None:
    """The first rows decide how a file is read first, never what it says."""
    usual = "".join(row(n) + "\n" for n in range(2000))
    odd = [
        row(2000, start="2026-10-01T08:00:00.25+08:00"),
        row(2001, start="infinity"),
        row(2002, start="2026-10-01"),
    ]
    found = read(write(tmp_path / "f", HEADER + usual + "\n".join(odd)))
    assert len(found.good) == 2001
    assert found.good[-1]["started_at"] == "2026-10-01T00:00:00.250000"
    assert found.codes == [(2003, "bad_time"), (2004, "naive_time")]


def test_options_fill_absent_columns_and_empty_cells_only(tmp_path: Path) -> None:
    """A record's own value wins."""
    text = csv_of([{**INSTANCE, "region": ""}, {**INSTANCE, "region": "own"}]).replace(
        "account_id", "account_id"
    )
    found = read(write(tmp_path / "f", text), account="given", region="given")
    assert [(each["account_id"], each["region"]) for each in found.good] == [("a", "given"), ("a", "own")]
    without = {name: value for name, value in INSTANCE.items() if name not in ("account_id", "region")}
    found = read(write(tmp_path / "g", csv_of([without])), account="given", region="it's")
    assert [(each["account_id"], each["region"]) for each in found.good] == [("given", "it's")]


ODD_CELLS = st.sampled_from(
    [
        "x",
        "",
        '""',
        ' "q"',
        ' "a,b"',
        '  "a""b" ',
        ' "open',
        '"q" ',
        'a"b',
        '"a""b"',
        '"a,b"',
        '"a\nb"',
        '"open',
        "\n",
        ",",
        " 5",
        "5",
        "1e5",
        "é",
        "\r",
        "2026-10-01T00:00:00Z",
        "2026-10-1T0:0:0Z",
        " 2026-10-01T00:00:00Z",
        "2026-10-01",
        "infinity",
        "epoch",
        "1026-10-01T00:00:00Z",
    ]
)


@given(st.lists(st.tuples(ODD_CELLS, ODD_CELLS, st.sampled_from(["\n", "\n", "\r\n", "\n\n"])), max_size=5))
def test_the_quick_ways_say_what_the_exact_one_says(rows: list[tuple[str, str, str]]) -> None:
    """Whatever stands in the cells: read by places or one by one, the outcome is the same."""
    text = "instance_id,account_id,region,cache_id,started_at\n" + "i0,a,r,c,2026-10-01T00:00:00Z\n" * 3
    text += "".join(f"i,a,r,{cache},{start}{end}" for cache, start, end in rows)
    outcomes = []
    for places in (True, False):
        with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            if not places:
                patch.setattr(CsvReading, "_by_places", lambda *_: None)
            outcomes.append(read(write(Path(folder) / "f", text)))
    assert outcomes[0] == outcomes[1]


CELLS = st.text(alphabet=st.sampled_from('a,"\n\r \t;é'), max_size=6)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_what_a_csv_writer_wrote_is_read_back(rows: list[list[str]], end: str) -> None:
    """Any fields, quoted as the standard writer quotes them, come back with the lines on which they began."""
    text = io.StringIO()
    lines = []
    for cells in rows:
        lines.append(text.getvalue().count("\n") + 1)
        csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL).writerow(cells)
    found = list(records(io.StringIO(text.getvalue(), newline="\n")))
    assert [(record.line, record.fields) for record in found] == list(zip(lines, rows, strict=True))
