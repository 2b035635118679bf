"""Recommendations: what replaying confirms is said with the same number as the command shows, and nothing else is."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from billing.cli.main import run
from billing.pipeline import make_bill
from billing.recommending import Recommendations, recommend
from billing.store import open_store
from billing.workspace import Workspace
from rules.period import Month
from rules.tariff import load

MONTH = Month("2026-10")
AS_OF = datetime(2026, 11, 2, tzinfo=UTC)
CACHES = """\
cache_id,account_id,region,creation_method,size_gib,snapshot_gib,instant,created_at,ready_at,standard_snapshot_at,observed_at
imc-1,1001,cn-hangzhou,manual,40,20,true,2026-10-02T00:00:00Z,2026-10-02T00:05:00Z,2026-10-02T01:00:00Z,2026-11-01T00:00:00Z
imc-2,1002,cn-hangzhou,manual,20,10,false,2026-10-02T00:00:00Z,2026-10-02T00:05:00Z,,2026-11-01T00:00:00Z
"""
INSTANCES = """\
instance_id,account_id,region,cache_id,vcpu,memory_gib,started_at,ended_at,observed_at
eci-1,1001,cn-hangzhou,imc-1,2,4,2026-10-03T00:00:00Z,2026-10-03T03:00:00Z,2026-11-01T00:00:00Z
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two manual caches, one of them instant and used once."""
    folder = tmp_path_factory.mktemp("recommending")
    for name, content in (("caches.csv", CACHES), ("instances.csv", INSTANCES)):
        (folder / name).write_text(content)
        assert run(["--workspace", str(folder / "ws"), "import", str(folder / name)]) == 0
    return folder / "ws"


def found(workspace: Path, account: str | None = None, tariff: str = "alibaba-cn") -> Recommendations:
    store, priced_by = open_store(Workspace(workspace)), load(tariff)
    with store.reader() as reader:
        accounts = None if account is None else (account,)
        bill = make_bill(reader, MONTH, as_of=AS_OF, tariff=priced_by, accounts=accounts)
        return recommend(store, reader, bill, as_of=AS_OF, tariff=priced_by, account=account)


@pytest.mark.parametrize("account", [None, "1002"])
def test_every_saving_is_what_its_command_says(
    workspace: Path, account: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    advice = found(workspace, account)
    every = [*advice.each, *([] if advice.together is None else [advice.together])]
    assert {one.kind for one in every} >= (
        {"automatic", "retention", "instant", "together"} if account is None else {"automatic"}
    )
    capsys.readouterr()
    for one in every:
        command = one.command(MONTH.label, account).split()[1:] + ([] if account is None else [account])
        options = ["--workspace", str(workspace), "--as-of", "2026-11-02T00:00:00Z", "--json"]
        assert run([*command, *options]) == 0
        shown = json.loads(capsys.readouterr().out)
        assert Decimal(shown["difference"]) == -one.saving
        assert shown["behaviour"]["misses"] == one.misses


def test_the_best_comes_first_and_each_saves_more_than_it_costs(workspace: Path) -> None:
    nets = [one.net for one in found(workspace).each]
    assert nets == sorted(nets, reverse=True)
    assert min(nets) > 0


def test_nothing_is_recommended_without_prices_or_usage(workspace: Path) -> None:
    assert found(workspace, "nobody") == Recommendations()


def test_a_month_too_large_to_replay_says_so(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("billing.recommending.MOST_INSTANCES", 0)
    assert found(workspace) == Recommendations(too_large=True)
