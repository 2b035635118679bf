"""`imcost report` over a workspace of real records: the files, what they say, and what the command prints."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from billing.cli.main import run
from billing.cli.report import default_paths
from billing.cli.report_all import tag_paths
from billing.explaining.finding import all_keys
from billing.explaining.line import by_batch, explain_lines
from billing.explaining.source import MonthSource
from billing.pipeline import TagFilter
from billing.store import open_store
from billing.workspace import Workspace
from reports.data import gather
from reports.records import CacheRef
from rules.period import Month
from rules.tariff import load
from tests.reports.test_explanations import Amounts

CACHES = """\
cache_id,account_id,region,cache_name,creation_method,size_gib,snapshot_gib,created_at,ready_at,tags,observed_at
imc-1,1001,cn-hangzhou,flink,manual,40,2,2026-09-20T00:00:00Z,2026-09-20T00:05:00Z,"{""team"":""search""}",2026-11-01T00:00:00Z
imc-2,1002,cn-hangzhou,auto-create-for-eci-9,automatic,50,,2026-10-02T00:00:00Z,2026-10-02T00:10:00Z,,2026-11-01T00:00:00Z
"""
INSTANCES = """\
instance_id,account_id,region,cache_id,vcpu,memory_gib,extra_ephemeral_gib,started_at,ended_at,tags,observed_at
eci-1,1001,cn-hangzhou,imc-1,2,4,,2026-10-05T00:00:00Z,2026-10-05T03:00:00Z,,2026-10-06T00:00:00Z
eci-2,1001,cn-hangzhou,imc-1,2,4,,2026-09-25T00:00:00Z,2026-09-25T06:00:00Z,,2026-10-06T00:00:00Z
eci-3,1002,cn-hangzhou,imc-2,2,4,20,2026-10-08T00:00:00Z,2026-10-08T10:00:00Z,"{""env"":""prod""}",2026-10-09T00:00:00Z
"""
AS_OF = "2026-11-02T00:00:00Z"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with two caches of two accounts, and their instances."""
    folder = tmp_path / "ws"
    for name, content in (("caches.csv", CACHES), ("instances.csv", INSTANCES)):
        (tmp_path / name).write_text(content)
        assert run(["--workspace", str(folder), "import", str(tmp_path / name)]) == 0
    return folder


def imcost(workspace: Path, *arguments: str) -> int:
    return run(["--workspace", str(workspace), "--as-of", AS_OF, *arguments])


def test_without_files_both_go_into_the_workspace(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert imcost(workspace, "report", "2026-10") == 0
    html, pdf = (workspace / "reports" / f"imcost-2026-10.{kind}" for kind in ("html", "pdf"))
    assert capsys.readouterr().out.splitlines() == [str(html), str(pdf)]
    assert html.read_text().startswith("<!doctype html>")
    assert pdf.read_bytes().startswith(b"%PDF")
    assert sorted(path.name for path in html.parent.iterdir()) == [
        "imcost-2026-10.html",
        "imcost-2026-10.pdf",
    ]


def test_the_report_says_what_charges_says(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert imcost(workspace, "charges", "2026-10", "--json") == 0
    total = json.loads(capsys.readouterr().out)["total"]
    page = tmp_path / "here" / "page.html"
    assert imcost(workspace, "report", "2026-10", "--html", str(page), "--lang", "zh", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["total"] == total
    assert Decimal(answer["payable"]) == Decimal(total) + Decimal(answer["rounding_adjustment"])
    assert (answer["html"], answer["pdf"], answer["complete"]) == (str(page), None, True)
    assert f'value="{total}"' in page.read_text()
    assert not (workspace / "reports").exists()


def test_one_account_has_a_report_of_its_own(workspace: Path) -> None:
    page = workspace / "a.html"
    assert imcost(workspace, "report", "2026-10", "--account", "1002", "--html", str(page)) == 0
    text = page.read_text()
    assert "auto-create-for-eci-9" in text
    assert "flink" not in text


def test_an_account_with_a_wild_name_can_not_leave_the_folder(workspace: Path) -> None:
    html, pdf = default_paths(workspace, "2026-10", "../../etc/x", "zh")
    assert (html.parent, pdf.parent) == (workspace, workspace)
    assert html.name.endswith(".zh.html")
    assert default_paths(workspace, "2026-10", "../../etc/y", "zh")[0] != html


def test_a_quantity_without_a_price_ends_in_exit_code_1(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = workspace.parent / "elsewhere.csv"
    elsewhere.write_text(CACHES.replace("cn-hangzhou", "cn-nowhere"))
    assert run(["--workspace", str(workspace), "import", str(elsewhere)]) == 0
    assert imcost(workspace, "report", "2026-10", "--html", str(workspace / "a.html")) == 1
    assert "no rate" in capsys.readouterr().err


def test_a_month_that_is_none_is_one_sentence(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert imcost(workspace, "report", "october") == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (workspace / "reports").exists()


def test_what_is_gathered(workspace: Path) -> None:
    store = open_store(Workspace(workspace))
    as_of = datetime(2026, 11, 2, tzinfo=UTC)
    with store.reader() as reader:
        data = gather(store, reader, Month("2026-10"), as_of=as_of, tariff=load("alibaba-cn"), account=None)
    assert data.cache_names == {
        CacheRef("1001", "cn-hangzhou", "imc-1"): "flink",
        CacheRef("1002", "cn-hangzhou", "imc-2"): "auto-create-for-eci-9",
    }
    assert [found.key for found in data.by_tag] == ["env", "team"]
    assert all(sum(one.amount for one in found.groups) == data.bill.total for found in data.by_tag)
    assert data.previous is not None
    assert data.previous.before.total > 0
    assert data.provenance.files == 2
    assert data.provenance.last_observed == datetime(2026, 11, 1, tzinfo=UTC)
    free = data.free_creations
    assert free.created == 1
    assert {one.cache_id for one in free.lines} == {"imc-2"}
    assert {one.charge for one in free.lines} == {
        "creation.instance_vcpu",
        "creation.instance_memory",
        "creation.disk",
        "creation.snapshot",
    }
    # A build of 600 s: 2 vCPU and 4 GiB of memory, a disk of 50 GiB, and a snapshot of at most 50 GiB for 712 started hours.
    assert free.total == (
        Decimal("0.0588") + Decimal("0.014712") + Decimal("0.0175") + Decimal("5.9333333333")
    )


def test_lines_are_explained_in_short_as_one_by_one(workspace: Path) -> None:
    revised = workspace.parent / "revised.csv"
    revised.write_text(
        INSTANCES.replace("T03:00:00Z", "T05:00:00Z").replace("2026-10-06T00", "2026-10-07T00")
    )
    more = (
        "eci-0,1001,cn-hangzhou,imc-1,2,4,,2026-09-30T00:00:00Z,2026-10-01T00:00:00Z,,2026-10-06T00:00:00Z\n"
    )
    (workspace.parent / "more.csv").write_text(INSTANCES.splitlines(keepends=True)[0] + more)
    for name in ("revised.csv", "more.csv"):
        assert run(["--workspace", str(workspace), "import", str(workspace.parent / name)]) == 0
    store = open_store(Workspace(workspace))
    as_of, october, tariff = datetime(2026, 11, 2, tzinfo=UTC), Month("2026-10"), load("alibaba-cn")
    with store.reader() as reader:
        data = gather(store, reader, october, as_of=as_of, tariff=tariff, account=None, explain=True)
        assert data.explanations is not None
        short = data.explanations.lines
        assert list(short) == [line.line_id for line in data.bill.lines]
        source = MonthSource(october, reader, tariff, as_of, None)
        for key in all_keys(reader):
            for long in explain_lines(source, key, by_batch(store.batches())):
                found = short[long.line.line_id]
                assert found.records == len(long.records), found.line.charge
                assert (found.exact, found.rate) == (long.exact, long.rate)
                for some, all_ in zip(found.first, long.records, strict=False):
                    assert (some.record.id, some.record.version) == (all_.record.id, all_.record.version)
                    assert (some.from_s, some.until_s, some.quantity) == (
                        all_.from_s,
                        all_.until_s,
                        all_.quantity,
                    )
                if found.charge.record == "instance":
                    cut = [part for part in long.records if part.begin_s < part.from_s]
                    assert found.began_before == len(cut)
    disk = next(found for found in short.values() if found.charge.id == "usage.cache_disk")
    assert (disk.records, disk.began_before) == (2, 1)


def test_a_running_month_is_compared_with_the_same_span_of_the_one_before(workspace: Path) -> None:
    store = open_store(Workspace(workspace))
    with store.reader() as reader:
        data = gather(
            store,
            reader,
            Month("2026-10"),
            as_of=datetime(2026, 10, 6, tzinfo=UTC),
            tariff=load("alibaba-cn"),
            account=None,
        )
    assert data.running
    assert data.previous is None


@pytest.mark.slow
def test_all_accounts_have_a_report_and_their_payables_sum_to_the_overviews(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert imcost(workspace, "report", "2026-10", "--all", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["account"] for one in found["accounts"]] == ["1001", "1002"]
    for name in ("total", "rounding_adjustment", "payable"):
        parts = sum(Decimal(one[name]) for one in found["accounts"])
        assert parts == Decimal(found["overview"][name]), name
    for one in (found["overview"], *found["accounts"]):
        assert Path(one["pdf"]).read_bytes().startswith(b"%PDF")
    page = Path(found["accounts"][0]["html"]).read_text()
    alone = workspace / "alone.html"
    assert imcost(workspace, "report", "2026-10", "--account", "1001", "--html", str(alone)) == 0
    assert alone.read_text() == page


@pytest.mark.slow
def test_every_value_of_a_tag_has_a_report_and_they_sum_to_the_overview(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = workspace.parent / "hostile.csv"
    more = INSTANCES.replace('{""env"":""prod""}', '{""team"":""../../<Search>""}').replace("eci-3", "eci-4")
    hostile.write_text(more.replace("10:00:00Z,,2026", '10:00:00Z,"{""team"":""SEARCH""}",2026'))
    assert imcost(workspace, "import", str(hostile)) == 0
    capsys.readouterr()
    assert imcost(workspace, "report", "2026-10", "--by", "tag:team", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["tag"]["value"] for one in found["tags"]] == ["../../<Search>", "search", None]
    assert Decimal(found["overview"]["total"]) > 0
    for name in ("total", "rounding_adjustment", "payable"):
        parts = sum(Decimal(one[name]) for one in found["tags"])
        assert parts == Decimal(found["overview"][name]), name
    names = [Path(one["html"]).name for one in found["tags"]]
    assert names[1:] == ["imcost-2026-10+team+search.html", "imcost-2026-10+team.html"]
    for one in found["tags"]:
        page = Path(one["html"])
        assert page.parent == workspace / "reports"
        assert f'value="{one["total"]}"' in page.read_text()
        assert Amounts(page.read_text()).bare.keys() <= {"explanations", "open-points"}
        assert Path(one["pdf"]).read_bytes().startswith(b"%PDF")
    assert "Tag team = ../../&lt;Search&gt;" in Path(found["tags"][0]["html"]).read_text()
    assert "Without the tag team" in Path(found["tags"][2]["html"]).read_text()


def test_values_of_tags_never_share_a_file() -> None:
    values = ("search", "SEARCH", "a b", "a/b", "", "x" * 300, "search.zh", "..", "训练\ud800")
    tags = [TagFilter("team", value) for value in values]
    tags += [TagFilter(key, None, untagged=True) for key in ("team", "team+search", "team-search")]
    names = [path.name for tag in tags for path in tag_paths(Path("reports"), "2026-10", tag, "en")]
    assert len({name.lower() for name in names}) == 2 * len(tags)
    assert all(re.fullmatch(r"imcost-2026-10[a-z0-9_~+-]{0,150}\.(html|pdf)", name) for name in names)


@pytest.mark.parametrize("by", ["tag:", "account", "cache"])
def test_reports_are_by_a_tag(workspace: Path, by: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert imcost(workspace, "report", "2026-10", "--by", by) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert imcost(workspace, "report", "2026-10", "--by", "tag:team", "--all") == 2


def test_all_goes_with_no_file_of_its_own(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert imcost(workspace, "report", "2026-10", "--all", "--pdf", "x.pdf") == 2
    assert "--all" in capsys.readouterr().err


def test_the_data_are_printed_and_the_workbook_written(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    xlsx = workspace / "october.xlsx"
    capsys.readouterr()
    assert imcost(workspace, "report", "2026-10", "--xlsx", str(xlsx), "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    assert xlsx.read_bytes().startswith(b"PK")
    assert imcost(workspace, "charges", "2026-10", "--json") == 0
    assert found["bill"] == json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(("stale", "old"), [("24h", True), ("60d", False)])
def test_the_settings_say_when_a_quotas_observation_is_old(workspace: Path, stale: str, old: bool) -> None:
    observed = workspace.parent / "quotas.csv"
    observed.write_text(
        "account_id,region,quota,used,limit,observed_at\n"
        "1001,cn-hangzhou,manual_image_caches,1,50,2026-10-02T00:00:00Z\n"
    )
    assert imcost(workspace, "import", str(observed)) == 0
    (workspace / "imcost.toml").write_text(f'[quota]\nstale = "{stale}"\n')
    page = workspace / "a.html"
    assert imcost(workspace, "report", "2026-10", "--html", str(page)) == 0
    section = page.read_text().partition('<section id="quotas"')[2].partition("</section>")[0]
    assert ('<span class="about">old</span>' in section) == old
