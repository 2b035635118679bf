"""The trace is imported through the command, billed in five months under both tariffs, and agrees with the oracle."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from billing.cli.main import run
from tests.laws.comparing import assert_agree
from tests.laws.program import Program
from tests.openb.trace import MONTHS, TRACE, cache_rows, instance_rows
from tests.oracle.bill import month_bill
from tests.oracle.prices import SHIPPED
from tests.oracle.times import month_window, second

pytestmark = pytest.mark.skipif(not TRACE.exists(), reason=f"the openb trace is not there: {TRACE}")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A workspace that has the trace and its caches."""
    program = Program(tmp_path_factory.mktemp("openb"))
    found = program.import_files(("caches", cache_rows()), ("instances", instance_rows()))
    assert [batch.to_json() | {"path": ""} for batch in found.batches] == [
        _batch("caches", new=40),
        _batch("instances", new=7255),
    ]
    return program


def test_the_trace_is_what_its_description_says() -> None:
    instances = instance_rows()
    assert len(instances) == 7255
    edges = [month_window(month)[1] for month in MONTHS]
    runs = [(second(row["started_at"]), second(row["ended_at"])) for row in instances]
    assert sum(any(begin < edge < end for edge in edges) for begin, end in runs) == 40
    begin, until = month_window("2024-05")
    assert sum(max(0, min(end, until) - max(start, begin)) for start, end in runs) == 96_957_875


def test_no_instance_is_rejected_for_what_costs_nothing_here() -> None:
    """One pod has no memory and 41 have more than 64 vCPU: neither is charged through a cache, so both are imported."""
    instances = instance_rows()
    assert sum(Decimal(row["memory_gib"]) == 0 for row in instances) == 1
    assert sum(Decimal(row["vcpu"]) > 64 for row in instances) == 41


@pytest.mark.parametrize("tariff", sorted(SHIPPED))
@pytest.mark.parametrize("month", MONTHS)
def test_every_month_agrees_with_the_oracle(program: Program, month: str, tariff: str) -> None:
    expected = month_bill(cache_rows(), instance_rows(), SHIPPED[tariff], month)
    assert_agree(program.bill(month, tariff), expected)


def test_the_seconds_of_may_are_all_metered(program: Program) -> None:
    """Manual caches are charged by their size, so their quantities come back as seconds."""
    sizes = {row["cache_id"]: Decimal(row["size_gib"]) for row in cache_rows()}
    disks = [
        line for line in program.bill("2024-05", "alibaba-cn").lines if line.charge == "usage.cache_disk"
    ]
    metered = sum(line.quantity / sizes[line.cache_id] for line in disks)
    automatic = {cache for cache in sizes if cache >= "imc-32"}
    begin, until = month_window("2024-05")
    others = sum(
        max(0, min(second(row["ended_at"]), until) - max(second(row["started_at"]), begin))
        for row in instance_rows()
        if row["cache_id"] in automatic
    )
    assert metered + others == 96_957_875


def test_the_command_imports_it_again_without_a_change(
    program: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    before = program.bill("2024-05", "alibaba-intl").to_json()
    again = program.write("instances", instance_rows()[::-1])
    for path in (program.folder / "002-instances.csv", again):
        answer = _run(capsys, program, "import", str(path), "--json")
        assert {name: answer[name] for name in ("read", "new", "revised", "unchanged", "rejected")} == {
            "read": 7255,
            "new": 0,
            "revised": 0,
            "unchanged": 7255,
            "rejected": 0,
        }
    charges = _run(capsys, program, "charges", "2024-05", "--tariff", "alibaba-intl", "--json")
    assert charges["lines"] == before["lines"]
    assert charges["total"] == before["total"]


def test_the_days_of_may_sum_to_the_month(program: Program, capsys: pytest.CaptureFixture[str]) -> None:
    charges = _run(capsys, program, "charges", "2024-05", "--tariff", "alibaba-cn", "--by", "day", "--json")
    assert len(charges["groups"]) == 31
    assert sum(Decimal(day["amount"]) for day in charges["groups"]) == Decimal(charges["total"])


def _batch(kind: str, *, new: int) -> dict[str, Any]:
    return {
        "path": "",
        "kind": kind,
        "read": new,
        "new": new,
        "revised": 0,
        "unchanged": 0,
        "rejected": 0,
    }


def _run(capsys: pytest.CaptureFixture[str], program: Program, *arguments: str) -> dict[str, Any]:
    """What a command answers; it must end clean."""
    workspace = str(Path(program.folder) / "workspace")
    assert run(["--workspace", workspace, "--as-of", "2024-07-01T00:00:00+08:00", *arguments]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert isinstance(answer, dict)
    return answer
