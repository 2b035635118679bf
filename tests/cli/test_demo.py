"""`imcost demo`: a month that has everything in it, made in one go, the same every time, and only in a folder of its own."""

import csv
from pathlib import Path
from typing import NamedTuple

import pytest

from billing.demo import write_sources
from rules.period import Month
from tests.cli.running import Result, Shell, process
from tests.made_demo import AS_OF, copied_demo


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generated log of a year, and the exports of two months."""
    folder = tmp_path_factory.mktemp("sources")
    write_sources(folder, Month("2026-10"))
    return folder


def test_the_same_month_is_the_same_bytes(sources: Path, tmp_path: Path) -> None:
    again = write_sources(tmp_path, Month("2026-10"))
    assert {path.name: path.read_bytes() for path in (*again.earlier, *again.later)} == {
        path.name: path.read_bytes() for path in sources.iterdir()
    }


def test_a_month_is_the_same_whichever_month_is_asked_for(sources: Path, tmp_path: Path) -> None:
    write_sources(tmp_path, Month("2026-11"))
    shared = [path for path in tmp_path.iterdir() if path.name.startswith("2026-10")]
    assert len(shared) == 9
    assert all(path.read_bytes() == (sources / path.name).read_bytes() for path in shared)


class Demo(NamedTuple):
    """The demo, run twice in one folder: what it printed the first time as JSON, the second time as text."""

    folder: Path
    first: Result
    second: Result


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demo in a folder of its own."""
    folder = tmp_path_factory.mktemp("demo") / "there"
    first = copied_demo(folder, tmp_path_factory)
    return Demo(folder, first, process("demo", folder, "--as-of", AS_OF))


def test_the_demo_has_everything_in_it(imcost: Shell, demo: Demo) -> None:
    assert demo.first.code == 0
    found = demo.first.json
    assert found["month"] == "2026-10"
    assert all(found["import"][name] > 0 for name in ("new", "revised", "rejected"))
    assert Path(found["html"]).read_text().startswith("<!")
    assert Path(found["pdf"]).read_bytes().startswith(b"%PDF")

    imcost.workspace = demo.folder
    bill = imcost("charges", "2026-10", "--as-of", AS_OF, "--json").json
    assert bill["total"] == found["total"]
    assert bill["unrated"] == []
    assert len(bill["total_by_charge"]) == 9
    assert {line["charge"] for line in bill["lines"]} == set(bill["total_by_charge"])
    assert len({line["account_id"] for line in bill["lines"]}) == 3
    assert {line["region"] for line in bill["lines"]} == {"cn-hangzhou", "cn-shanghai"}
    assert {line["estimated"] for line in bill["lines"]} == {True, False}
    assert len({line["rate"] for line in bill["lines"] if line["charge"] == "usage.cache_disk"}) > 1
    instances = bill["records"]["instances"]
    assert instances["overlapping"] > 1000
    assert all(instances[name] for name in ("charged", "free", "without_cache", "unknown_cache"))
    assert imcost("charges", "2025-10", "--as-of", AS_OF, "--json").json["total"] != "0"
    assert imcost("check", "--as-of", AS_OF).code == 0


def test_the_months_before_are_closed_and_what_came_late_is_corrected(imcost: Shell, demo: Demo) -> None:
    imcost.workspace = demo.folder
    entries = imcost("audit", "--as-of", AS_OF, "--json").json["entries"]
    assert {entry["action"] for entry in entries} == {"close"}
    assert [entry["month"] for entry in entries[-12:]] == [
        *(f"2025-{month}" for month in (10, 11, 12)),
        *(f"2026-{month:02}" for month in range(1, 10)),
    ]
    statements = imcost("statement", "2026-10", "--as-of", AS_OF, "--json").json["statements"]
    assert {each["corrects_month"] for one in statements for each in one["corrections"]} >= {"2026-09"}
    assert imcost("verify", "--as-of", AS_OF).code == 0


def test_no_account_has_more_caches_than_its_limit(sources: Path) -> None:
    for path in sources.glob("*quotas.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            assert all(int(row["used"]) <= int(row["limit"]) for row in csv.DictReader(file))


def test_a_second_time_changes_nothing(demo: Demo) -> None:
    assert demo.second.code == 0
    counts = demo.first.json["import"]
    unchanged = counts["new"] + counts["revised"]
    assert f"0 new, 0 revised, {unchanged:,} unchanged, {counts['rejected']} rejected" in demo.second.out


def test_it_says_where_the_report_is_and_what_to_try_next(demo: Demo) -> None:
    assert f"{demo.folder}/reports/imcost-2026-10.pdf" in demo.second.out
    assert f"charges 2026-10 --by tag:team --workspace {demo.folder}" in demo.second.out


def test_a_folder_with_something_else_in_it_is_refused(imcost: Shell, tmp_path: Path) -> None:
    assert imcost("init").code == 0
    result = imcost("demo", imcost.workspace)
    assert result.code == 2
    assert "this folder is not empty, and no demo's" in result.err
    assert not (imcost.workspace / "DEMO.txt").exists()
    assert not (tmp_path / "imcost-demo").exists()
