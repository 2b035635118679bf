"""Findings: each number is what its command says, each cache is in one cost only, and what no replay confirms isn't there."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from billing.cli.main import run
from billing.findings import Cost, Findings, Saving, costs, month_findings
from billing.findings.savings import fitting_gib
from billing.store import open_store
from billing.workspace import Workspace
from rules.period import Month
from rules.tariff import load
from tests.reports.build import TARIFF, line
from tests.reports.build_caches import life

MONTH = Month("2026-10")
AS_OF = datetime(2026, 11, 2, tzinfo=UTC)
CACHES = """\
cache_id,account_id,region,cache_name,creation_method,size_gib,snapshot_gib,images,created_at,ready_at,retention_days,observed_at
idle,1001,cn-hangzhou,old,manual,40,20,"[""r/a:1""]",2026-10-02T00:00:00Z,2026-10-02T00:05:00Z,,2026-11-01T00:00:00Z
young,1001,cn-hangzhou,new,manual,40,20,"[""r/b:1""]",2026-10-30T00:00:00Z,2026-10-30T00:05:00Z,,2026-11-01T00:00:00Z
large,1001,cn-hangzhou,large,manual,200,4,"[""r/c:1""]",2026-10-02T00:00:00Z,2026-10-02T00:05:00Z,90,2026-11-01T00:00:00Z
twin,1001,cn-hangzhou,twin,manual,20,10,"[""r/c:1""]",2026-10-04T00:00:00Z,2026-10-04T00:05:00Z,90,2026-11-01T00:00:00Z
fat,1002,cn-hangzhou,auto-create-for-eci-1,automatic,130,4,"[""r/d:1""]",2026-10-02T00:00:00Z,2026-10-02T00:05:00Z,,2026-11-01T00:00:00Z
"""
INSTANCES = """\
instance_id,account_id,region,cache_id,vcpu,memory_gib,extra_ephemeral_gib,started_at,ended_at,observed_at
eci-1,1001,cn-hangzhou,large,2,4,,2026-10-05T00:00:00Z,2026-10-07T00:00:00Z,2026-11-01T00:00:00Z
eci-2,1001,cn-hangzhou,large,2,4,,2026-10-06T00:00:00Z,2026-10-06T03:00:00Z,2026-11-01T00:00:00Z
eci-3,1001,cn-hangzhou,twin,2,4,,2026-10-06T00:00:00Z,2026-10-06T03:00:00Z,2026-11-01T00:00:00Z
eci-4,1002,cn-hangzhou,fat,2,4,100,2026-10-08T00:00:00Z,2026-10-12T00:00:00Z,2026-11-01T00:00:00Z
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Caches of which each has something to find."""
    folder = tmp_path_factory.mktemp("findings")
    for name, content in (("caches.csv", CACHES), ("instances.csv", INSTANCES)):
        (folder / name).write_text(content)
        assert run(["--workspace", str(folder / "ws"), "import", str(folder / name)]) == 0
    return folder / "ws"


@pytest.fixture(scope="module")
def found(workspace: Path) -> Findings:
    store = open_store(Workspace(workspace))
    with store.reader() as reader:
        return month_findings(store, reader, MONTH, as_of=AS_OF, tariff=load("alibaba-cn"), account=None)


def answer(workspace: Path, capsys: pytest.CaptureFixture[str], *command: str) -> Any:
    capsys.readouterr()
    assert run(["--workspace", str(workspace), "--as-of", "2026-11-02T00:00:00Z", *command, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def ids(each: Cost | Saving) -> list[str]:
    return [life.cache_id for life in each.caches]


def test_each_kind_finds_its_cache_and_leaves_the_young_one_alone(found: Findings) -> None:
    assert {each.kind: ids(each) for each in found.costs} == {
        "idle": ["idle"],
        "duplicate": ["twin"],
        "no_retention": ["young"],
        "extra": ["fat"],
    }
    assert {(each.kind, *ids(each)) for each in found.savings} >= {("oversized", "large"), ("manual", "fat")}


def test_costs_are_the_bills_amounts(
    found: Findings, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bill = answer(workspace, capsys, "charges", "2026-10")
    by_kind = {each.kind: each.amount for each in found.costs}

    def billed(cache_id: str, charge: str = "") -> Decimal:
        return sum(
            (
                Decimal(each["amount"])
                for each in bill["lines"]
                if each["cache_id"] == cache_id and each["charge"].startswith(charge)
            ),
            Decimal(0),
        )

    assert by_kind == {
        "idle": billed("idle"),
        "duplicate": billed("twin", "creation."),
        "no_retention": billed("young", "creation.snapshot"),
        "extra": billed("fat", "usage.ephemeral_storage"),
    }


def test_every_saving_is_what_its_replay_says(
    found: Findings, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert found.savings
    for each in found.savings:
        replayed = answer(workspace, capsys, *each.command(MONTH.label).split()[1:])
        assert Decimal(replayed["difference"]) == -each.replayed.saving < 0
        assert replayed["behaviour"]["misses"] == each.replayed.misses


def test_the_command_says_the_same(
    found: Findings, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = answer(workspace, capsys, "findings", "2026-10")
    assert said["costs"] == [each.to_json() for each in found.costs]
    assert said["savings"] == [each.to_json() for each in found.savings]
    idle = answer(workspace, capsys, "findings", "2026-10", "--kind", "idle", "--account", "1001")
    assert [each["kind"] for each in idle["costs"]] == ["idle"]
    assert idle["savings"] == []
    assert (
        answer(workspace, capsys, "findings", "2026-10", "--account", "1002", "--kind", "idle")["costs"] == []
    )


def test_what_it_prints_fits_and_names_the_replay(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    begin = ["--workspace", str(workspace), "--as-of", "2026-11-02T00:00:00Z", "findings", "2026-10"]
    assert run(begin) == 0
    table = capsys.readouterr().out
    assert "idle" in table
    assert max(map(len, table.splitlines())) <= 80
    assert run([*begin, "--kind", "oversized"]) == 0
    assert "imcost replay 2026-10 --set size_gib=20 --cache large" in capsys.readouterr().out
    assert run([*begin, "--kind", "extra_unknown"]) == 0
    assert "nothing was found" in capsys.readouterr().out


def test_a_cache_is_in_the_first_cost_that_fits_only() -> None:
    idle = life("a", use=life("a").use.__class__(), creation=Decimal(2))
    twin = life("b", images=idle.images)
    kept = costs([idle, twin], [line("creation.snapshot", "b", 60)], TARIFF)
    assert [(each.kind, ids(each)) for each in kept] == [("idle", ["a"]), ("no_retention", ["b"])]


@pytest.mark.parametrize(("stored_gib", "fitting"), [(1, 20), (10, 20), (11, 30), (40, 80), (None, None)])
def test_a_size_that_fits_holds_twice_what_is_stored(stored_gib: int | None, fitting: int | None) -> None:
    stored = None if stored_gib is None else stored_gib * 1_000_000
    assert fitting_gib(life("a", snapshot_micro=stored)) == fitting
