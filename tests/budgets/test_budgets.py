"""Budgets against bills of the same records, forecasts by hand, and the law that a forecast doesn't know the future."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from billing.alerting.rules import Budget
from billing.budgets import BudgetState, budget_states
from billing.budgets.spending import BudgetError
from billing.grouping import group
from billing.pipeline import make_metered_bill
from billing.store import open_store
from billing.workspace import Workspace
from rules.money import plain
from rules.period import parse_date_or_instant, parse_month
from rules.tariff import load
from tests.alerting.receivers import http_receiver
from tests.cli.conftest import imcost
from tests.cli.running import Shell

__all__ = ["imcost"]

TARIFF = load("alibaba-cn")
CACHE_HEAD = (
    "cache_id,cache_name,account_id,region,creation_method,size_gib,snapshot_gib,created_at,ready_at,"
    "deleted_at,observed_at\n"
)
RUN_HEAD = "instance_id,account_id,region,cache_id,vcpu,memory_gib,started_at,ended_at,tags,observed_at\n"
KNOWN = "2026-12-31T00:00:00+08:00"
EVERYTHING = Budget("all", Decimal(100))

Run = tuple[str, str, str, str, str]
"""Id, cache, start, end (empty: running), team."""


def at(text: str) -> str:
    """`10-05 09:00` as an instant of 2026."""
    return f"2026-{text.replace(' ', 'T')}:00+08:00"


def keep(imcost: Shell, runs: Sequence[Run], *, deleted: str = "", known: str = KNOWN) -> None:
    """A workspace with two caches of 40 GiB, made in August, and these instances."""
    made = f"{at('08-01 00:00')},{at('08-01 00:05')}"
    caches = [
        f"imc-1,web-1,1,cn-hangzhou,manual,40,2,{made},,{known}",
        f"imc-2,,2,cn-beijing,manual,40,2,{made},{deleted},{known}",
    ]
    Path("caches.csv").write_text(CACHE_HEAD + "".join(f"{line}\n" for line in caches))
    rows = [
        f"{id},{'1' if cache == 'imc-1' else '2'},{'cn-hangzhou' if cache == 'imc-1' else 'cn-beijing'},{cache},2,4,"
        f'{start},{end},"{{""team"":""{team}""}}",{known}\n'
        for id, cache, start, end, team in runs
    ]
    Path("runs.csv").write_text(RUN_HEAD + "".join(rows))
    assert imcost("init").code == 0
    assert imcost("import", "caches.csv", "runs.csv").code == 0


def states(imcost: Shell, now: str, *budgets: Budget) -> list[BudgetState]:
    """The budgets' states at a moment."""
    with open_store(Workspace(imcost.workspace)).reader() as reader:
        return budget_states(reader, budgets, as_of=parse_date_or_instant(now), tariff=TARIFF)


RUNS: list[Run] = [
    ("eci-1", "imc-1", at("10-01 00:00"), at("10-03 12:00"), "search"),
    ("eci-2", "imc-1", at("10-02 00:00"), "", "ads"),
    ("eci-3", "imc-1", at("10-09 00:00"), at("10-20 00:00"), "search"),
    ("eci-4", "imc-1", at("10-12 00:00"), at("10-12 06:00"), "ads"),
]


def test_what_was_spent_is_what_the_bill_says(imcost: Shell) -> None:
    keep(imcost, RUNS)
    now = parse_date_or_instant(at("10-15 13:00"))
    budgets = [
        EVERYTHING,
        Budget("one", Decimal(1), account="1"),
        Budget("beijing", Decimal(1), region="cn-beijing"),
        Budget("search", Decimal(1), tag=("team", "search")),
        Budget("by id", Decimal(1), cache="imc-2"),
        Budget("by name", Decimal(1), cache="web-*"),
    ]
    found = states(imcost, at("10-15 13:00"), *budgets)
    with open_store(Workspace(imcost.workspace)).reader() as reader:
        metered = make_metered_bill(reader, parse_month("2026-10"), as_of=now, tariff=TARIFF, by_tag="team")
    by_account = {each.key[0]: each.amount for each in group(metered, "account")}
    by_region = {each.key[0]: each.amount for each in group(metered, "region")}
    by_tag = {each.key[0]: each.amount for each in group(metered, "tag:team")}
    assert [state.actual for state in found] == [
        metered.bill.total,
        by_account["1"],
        by_region.get("cn-beijing", Decimal(0)),
        by_tag["search"],
        by_account.get("2", Decimal(0)),
        by_account["1"],
    ]
    assert all(state.actual > 0 for state in found[:2])


def test_what_runs_is_expected_to_run_on(imcost: Shell) -> None:
    """One instance since October 2nd: 40 GiB x 0.0021 an hour to the month's end, and the snapshot, by hand."""
    keep(imcost, [RUNS[1]])
    [state] = states(imcost, at("10-31 00:00"), Budget("one", Decimal(100), account="1"))
    disk = Decimal(24) * 40 * Decimal("0.0021")
    snapshot = Decimal(24) * 2 * Decimal("0.12") / 720
    assert state.running == disk + snapshot
    assert state.usual == 0
    assert state.forecast == state.actual + state.running
    assert state.remaining_per_day == state.remaining


def test_the_usual_rest_is_what_short_runs_cost_by_weekday(imcost: Shell) -> None:
    """One hour each Monday for four weeks: 40 x 0.0021 = 0.084, by hand."""
    mondays = ["09-28", "10-05", "10-12", "10-19"]
    runs = [(f"eci-{day}", "imc-1", at(f"{day} 10:00"), at(f"{day} 11:00"), "x") for day in mondays]
    keep(imcost, runs)
    [state] = states(imcost, at("10-20 00:00"), Budget("x", Decimal(100), tag=("team", "x")))
    assert state.usual == Decimal("0.084")
    assert state.running == 0
    [half] = states(imcost, at("10-26 12:00"), Budget("x", Decimal(100), tag=("team", "x")))
    assert half.usual == Decimal("0.042"), "the half of this Monday that is left"


def test_too_little_history_has_no_usual_rest(imcost: Shell) -> None:
    Path("caches.csv").write_text(
        CACHE_HEAD + f"imc-1,,1,cn-hangzhou,manual,40,2,{at('10-05 00:00')},{at('10-05 00:05')},,{KNOWN}\n"
    )
    imcost("init")
    assert imcost("import", "caches.csv").code == 0
    assert states(imcost, at("10-11 12:00"), EVERYTHING)[0].usual is None
    assert states(imcost, at("10-12 12:00"), EVERYTHING)[0].usual is not None


@pytest.mark.parametrize("now", ["10-10 00:00", "10-15 13:30"])
def test_a_forecast_does_not_know_the_future(
    imcost: Shell, now: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(imcost, RUNS, deleted=at("10-20 00:00"))
    then = Shell(capsys, tmp_path / "then")
    moment = parse_date_or_instant(at(now))
    known = [
        (id, cache, start, end if end and parse_date_or_instant(end) <= moment else "", team)
        for id, cache, start, end, team in RUNS
        if parse_date_or_instant(start) < moment
    ]
    assert known != RUNS
    keep(then, known, known=at(now))
    budgets = [
        EVERYTHING,
        Budget("search", Decimal(50), tag=("team", "search")),
        Budget("two", Decimal(1), account="2"),
    ]
    assert states(imcost, at(now), *budgets) == states(then, at(now), *budgets)


def test_a_month_that_is_over_expects_nothing_more(imcost: Shell) -> None:
    keep(imcost, RUNS)
    with open_store(Workspace(imcost.workspace)).reader() as reader:
        [state] = budget_states(
            reader,
            [EVERYTHING],
            as_of=parse_date_or_instant(at("11-15 00:00")),
            tariff=TARIFF,
            month=parse_month("2026-10"),
        )
    assert not state.running
    assert state.usual is None
    assert state.remaining_per_day is None
    assert state.forecast == state.actual > 0


def test_what_is_left_a_day_is_never_negative(imcost: Shell) -> None:
    keep(imcost, RUNS)
    [state] = states(imcost, at("10-15 12:00"), replace(EVERYTHING, monthly=Decimal("0.01")))
    assert state.remaining < 0
    assert state.remaining_per_day == 0
    [half] = states(imcost, at("10-31 12:00"), replace(EVERYTHING, monthly=Decimal(1000)))
    assert half.remaining_per_day == 2 * half.remaining


def test_another_currency_is_refused(imcost: Shell) -> None:
    keep(imcost, RUNS)
    with pytest.raises(BudgetError) as refused:
        states(imcost, at("10-15 12:00"), replace(EVERYTHING, currency="USD"))
    assert str(refused.value) == (
        "it is in USD, and the tariff alibaba-cn in CNY (budget 'all'): write it in CNY, or set another tariff"
    )
    assert states(imcost, at("10-15 12:00"), replace(EVERYTHING, currency="CNY"))


def test_a_budget_is_told_threshold_by_threshold(imcost: Shell) -> None:
    """2.024 a day: 50% after eight days, 80% after twelve, all after fifteen; the month is expected to cost twice as much."""
    keep(imcost, [RUNS[1]])
    budget = Budget("x", Decimal(30), account="1")
    with http_receiver() as receiver:
        (imcost.workspace / "imcost.toml").write_text(
            '[[alerts.budget]]\nname = "x"\nmonthly = "30"\naccount = "1"\nactual = ["50%", "80%", "100%"]\n'
            f'forecast = ["100%"]\n[notify]\nrepeat = "0m"\nurls = ["{receiver.url}"]\n'
        )
        for now in ("10-03 00:00", "10-11 00:00", "10-12 00:00", "10-15 00:00", "10-18 00:00", "11-01 00:00"):
            result = imcost("alerts", "check", "--json", "--as-of", at(now))
            [alert] = [each for each in result.json["alerts"] if "budget" in each["subject"]]
            assert alert["subject"] == {"budget": "x"}
            assert alert["value"] == plain(states(imcost, at(now), budget)[0].actual)
            assert alert["limit"] == "30"
        told = [(post.json["change"], post.json["alerts"][0]["severity"]) for post in receiver.posts]
    assert told == [
        ("firing", "warning"),
        ("added", "warning"),
        ("added", "warning"),
        ("raised", "critical"),
        ("lowered", "warning"),
    ]
