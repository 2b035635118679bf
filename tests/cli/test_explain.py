"""A number is explained down to the row of the file, and its parts sum to it."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.running import Shell
from tests.cli.test_books import NOW, bring, close, run

CACHE = """cache_id,account_id,region,size_gib,snapshot_gib,created_at,ready_at,observed_at
imc-1,1,cn-hangzhou,40,2,2026-10-05T09:55:00+08:00,2026-10-05T10:00:00+08:00,2026-11-20T00:00:00+08:00
imc-a,1,cn-hangzhou,50,,2026-10-05T09:55:00+08:00,2026-10-05T10:00:00+08:00,2026-11-20T00:00:00+08:00
"""
RUNS = """instance_id,account_id,region,cache_id,started_at,ended_at,observed_at
eci-1,1,cn-hangzhou,imc-1,2026-09-30T12:00:00+08:00,2026-10-06T15:00:00+08:00,2026-11-20T00:00:00+08:00
eci-2,1,cn-hangzhou,imc-1,2026-10-31T23:00:00+08:00,2026-11-01T01:00:00+08:00,2026-11-20T00:00:00+08:00
eci-0,1,cn-hangzhou,,2026-10-31T23:00:00+08:00,2026-11-01T01:00:00+08:00,2026-11-20T00:00:00+08:00
"""


@pytest.fixture
def used(imcost: Shell, tmp_path: Path) -> Shell:
    """A workspace in which a cache was used over both ends of October, and one run was revised."""
    imcost("init")
    bring(imcost, tmp_path, "caches.csv", CACHE)
    bring(imcost, tmp_path, "runs.csv", RUNS)
    bring(imcost, tmp_path, "first.csv", run("eci-3", 1, "2026-11-20T00:00:00Z"))
    bring(imcost, tmp_path, "second.csv", run("eci-3", 2, "2026-11-21T00:00:00Z"))
    return imcost


def lines(imcost: Shell, month: str = "2026-10") -> dict[str, dict[str, str]]:
    """The lines of imc-1 by charge."""
    found = imcost("charges", month, "--as-of", NOW, "--json").json["lines"]
    return {line["charge"]: line for line in found if line["cache_id"] == "imc-1"}


def test_a_line_shows_every_record_with_its_row_and_what_was_cut(used: Shell) -> None:
    line = lines(used)["usage.cache_disk"]
    found = used("explain", line["line_id"], "--as-of", NOW, "--json").json
    assert found["amount"] == line["amount"]
    assert sum(Decimal(each["amount"]) for each in found["records"]) == Decimal(line["amount"])
    assert sum(Decimal(each["quantity"]) for each in found["records"]) == Decimal(line["quantity"])
    first, revised, last = found["records"]
    assert (first["id"], Path(first["path"]).name, first["line"]) == ("eci-1", "runs.csv", 2)
    assert first["cut"] == ["it began 2026-09-30T12:00:00+08:00; the month begins at 2026-10-01"]
    assert (revised["id"], revised["revision"], len(revised["revisions"])) == ("eci-3", 2, 2)
    assert (revised["held_formula"], revised["units"], revised["quantity"]) == (
        "cache.size_gib 40",
        7200,
        "288000",
    )
    assert last["cut"] == ["it ended 2026-11-01T01:00:00+08:00; the month ends at 2026-11-01"]
    assert found["rate"] | {"place": ""} == found["rate"] | {
        "price": "0.0021",
        "per": "GiB-hour",
        "trust": "found",
        "place": "",
    }
    assert found["formula"] == f"{line['quantity']} GiB-second × 0.0021 per GiB-hour"


def test_every_line_of_a_month_can_be_explained(used: Shell) -> None:
    bill = used("charges", "2026-10", "--as-of", "2026-10-20T10:30:00+08:00", "--json").json
    assert len(bill["lines"]) == 9
    for line in bill["lines"]:
        found = used("explain", line["line_id"], "--as-of", "2026-10-20T10:30:00+08:00", "--json")
        assert (found.code, found.json["amount"]) == (0, line["amount"])
        text = used("explain", line["line_id"], "--as-of", "2026-10-20T10:30:00+08:00").out
        assert line["line_id"] in text
        assert "caches.csv, line" in text or "runs.csv, line" in text
    snapshot = next(
        line for line in bill["lines"] if (line["cache_id"], line["charge"]) == ("imc-a", "creation.snapshot")
    )
    why = used("explain", snapshot["line_id"], "--as-of", "2026-10-20T10:30:00+08:00", "--json").json
    assert why["why_estimated"] == ["snapshot_gib of imc-a is not known"]
    assert why["records"][0]["cut"] == [
        "it is still open; the present moment is at 2026-10-20T10:30:00+08:00"
    ]


def test_a_cache_an_instance_and_a_month_are_sums_of_their_lines(used: Shell) -> None:
    of_lines = sum(Decimal(line["amount"]) for line in lines(used).values())
    cache = used("explain", "imc-1", "--month", "2026-10", "--as-of", NOW, "--json").json
    assert Decimal(cache["amount"]) == of_lines
    instance = used("explain", "eci-3", "--as-of", NOW, "--json").json
    assert (instance["month"], instance["amount"]) == ("2026-10", "0.168")
    assert "0.168 of" in used("explain", "eci-3", "--as-of", NOW).out
    month = used("explain", "2026-10", "--as-of", NOW, "--json").json
    assert month["amount"] == used("charges", "2026-10", "--as-of", NOW, "--json").json["total"]
    assert "usage.cache_disk" in used("explain", "2026-10", "--depth", "2", "--as-of", NOW).out


def test_a_closed_line_is_explained_as_it_was_closed_with_its_corrections(
    used: Shell, tmp_path: Path
) -> None:
    for month in ("2026-09", "2026-10"):
        assert close(used, month, "--allow-estimates") == 0
    line_id = lines(used)["usage.cache_disk"]["line_id"]
    before = used("explain", line_id, "--month", "2026-10", "--as-of", NOW, "--json").json
    bring(used, tmp_path, "late.csv", run("eci-4", 1, "2026-12-02T00:00:00Z"))
    carried = used("explain", line_id, "--as-of", NOW, "--json").json["corrections"]
    assert [(each["stated_in"], each["amount"]) for each in carried] == [(None, "0.084")]
    html = tmp_path / "november.html"
    used("report", "2026-11", "--html", html, "--as-of", NOW)
    page = html.read_text()
    assert "As the records are now" in page
    assert "Came since: <bdi>eci-4</bdi>" in page
    assert f'<data value="-{before["amount"]}"' in page
    assert close(used, "2026-11", "--allow-estimates") == 0
    after = used("explain", line_id, "--as-of", NOW, "--json").json
    assert (after["amount"], after["status"], before["corrections"]) == (before["amount"], "closed", [])
    assert [(each["stated_in"], each["amount"]) for each in after["corrections"]] == [("2026-11", "0.084")]
    [corrected] = after["corrections"]
    assert corrected == carried[0] | {"stated_in": "2026-11", "payable": corrected["payable"]}
    assert corrected["stated"]["amount"] == before["amount"]
    assert Decimal(corrected["now"]["amount"]) == Decimal(before["amount"]) + Decimal("0.084")
    [record] = corrected["late_records"]
    assert (record["id"], record["what"], Path(record["path"]).name, record["was"]) == (
        "eci-4",
        "late",
        "late.csv",
        None,
    )
    tree = used("explain", line_id, "--as-of", NOW).out
    assert f"stated until then: {before['amount']}" in tree
    assert "late: instance eci-4" in tree
    late = used("explain", "eci-4", "--as-of", NOW, "--json").json
    assert (late["amount"], late["lines"][0]["status"]) == ("0.084", "closed, by now")


def test_corrections_of_corrections_lead_on_from_one_another(used: Shell, tmp_path: Path) -> None:
    for month in ("2026-09", "2026-10"):
        assert close(used, month, "--allow-estimates") == 0
    line_id = lines(used)["usage.cache_disk"]["line_id"]
    bring(used, tmp_path, "late.csv", run("eci-4", 1, "2026-12-02T00:00:00Z"))
    assert close(used, "2026-11", "--allow-estimates") == 0
    bring(used, tmp_path, "later.csv", run("eci-4", 2, "2026-12-03T00:00:00Z"))
    first, second = used("explain", line_id, "--as-of", NOW, "--json").json["corrections"]
    assert (first["stated_in"], second["stated_in"]) == ("2026-11", None)
    assert second["stated"] == first["now"]
    [record] = second["late_records"]
    assert (record["id"], record["what"]) == ("eci-4", "revised")
    assert record["was"]["until"] < record["now"]["until"]
    by_now = used("explain", "eci-4", "--as-of", NOW, "--json").json["lines"][0]
    assert second["now"]["amount"] == by_now["line"]["amount"]


def test_a_line_of_many_records_lists_some_and_sums_up_the_others(used: Shell) -> None:
    line_id = lines(used)["usage.cache_disk"]["line_id"]
    whole = used("explain", line_id, "--as-of", NOW, "--json").json
    found = used("explain", line_id, "--as-of", NOW, "--json", "--records", "1").json
    assert [each["id"] for each in found["records"]] == ["eci-1"]
    further = found["further_records"]
    assert (whole["further_records"]["records"], further["records"]) == (0, 2)
    for name in ("amount", "quantity"):
        listed = sum(Decimal(each[name]) for each in found["records"])
        assert listed + Decimal(further[name]) == Decimal(whole[name])
    assert "2 more" in used("explain", line_id, "--as-of", NOW, "--records", "1").out


@pytest.mark.parametrize(
    ("before", "after"), [("2026-10", "2026-11"), ("2026-11", "2026-10"), ("2026-08", "2026-10")]
)
def test_the_reasons_of_a_difference_sum_to_it(before: str, after: str, used: Shell) -> None:
    totals = [
        Decimal(used("charges", month, "--as-of", NOW, "--json").json["total"]) for month in (before, after)
    ]
    found = used("explain", "--diff", before, after, "--as-of", NOW, "--json").json
    assert Decimal(found["difference"]) == totals[1] - totals[0]
    assert sum(Decimal(part["amount"]) for part in found["parts"]) == totals[1] - totals[0]
    assert f"{after} costs" in used("explain", "--diff", before, after, "--as-of", NOW).out


@pytest.mark.parametrize(
    "args",
    [
        ("ln-00000000000000000000",),
        ("ln-1",),
        ("imc-nowhere",),
        ("eci-0",),
        (),
        ("--diff", "2026-10"),
        ("imc-1", "eci-1"),
    ],
)
def test_what_can_not_be_explained_is_refused_in_one_line(args: tuple[str, ...], used: Shell) -> None:
    refused = used("explain", *args, "--as-of", NOW)
    assert (refused.code, refused.err.count("\n")) == (2, 1)
