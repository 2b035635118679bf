"""`imcost replay`: a small month by hand, settings that can't be had, curves, and what is printed."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import Shell

CACHES = """cache_id,cache_name,creation_method,size_gib,snapshot_gib,created_at,ready_at,retention_days,tags
imc-a,train-a,manual,40,2,2026-09-20T10:00:00+08:00,2026-09-20T10:05:00+08:00,,"{""team"":""search""}"
imc-b,web,manual,30,,2026-10-10T00:00:00+08:00,2026-10-10T00:10:00+08:00,5,
imc-c,auto-create-for-eci-9,automatic,50,,2026-10-01T12:00:00+08:00,2026-10-01T12:05:00+08:00,,
"""
INSTANCES = """instance_id,cache_id,vcpu,memory_gib,started_at,ended_at
eci-1,imc-a,2,4,2026-10-05T12:00:00+08:00,2026-10-05T15:00:00+08:00
eci-2,imc-a,2,4,2026-10-20T12:00:00+08:00,2026-10-20T13:00:00+08:00
eci-3,imc-b,2,4,2026-10-11T00:00:00+08:00,2026-10-11T10:00:00+08:00
eci-4,imc-c,2,4,2026-10-03T00:00:00+08:00,2026-10-03T01:00:00+08:00
eci-5,,2,4,2026-10-03T00:00:00+08:00,2026-10-03T01:00:00+08:00
"""


@pytest.fixture
def month(imcost: Shell, tmp_path: Path) -> Shell:
    """A workspace with three caches and their instances, priced in USD."""
    (tmp_path / "caches.csv").write_text(CACHES)
    (tmp_path / "instances.csv").write_text(INSTANCES)
    assert imcost("init", "--tariff", "alibaba-intl").code == 0
    place = ("--account", "100", "--region", "cn-hangzhou", "--observed-at", "2026-11-05T00:00:00+08:00")
    assert imcost("import", "caches.csv", "instances.csv", *place).code == 0
    return imcost


def replay(shell: Shell, *args: str | Path) -> Any:
    """The answer of a replay of the month that ends clean."""
    done = shell("--as-of", "2026-11-06", "replay", "2026-10", "--json", *args)
    assert done.code == 0, done.err
    return done.json


def test_with_nothing_set_every_difference_is_zero(month: Shell) -> None:
    answer = replay(month)
    total = month("--as-of", "2026-11-06", "charges", "2026-10", "--json").json["total"]
    assert list(answer) == [
        "month", "settings", "currency", "recorded_total", "replayed_total", "difference", "caches", "behaviour",
        "assumptions",
    ]  # fmt: skip
    assert (answer["recorded_total"], answer["replayed_total"], answer["difference"]) == (total, total, "0")
    assert [cache["difference"] for cache in answer["caches"]] == ["0", "0", "0"]
    assert answer["behaviour"] == {"hits": 4, "misses": 0, "evictions": 0, "refused": 0, "extra_pull_s": 0}
    assert (answer["settings"], answer["assumptions"]) == ({}, [])


def test_all_caches_made_automatically(month: Shell) -> None:
    """imc-a exists and is hit, its 10 GiB above the included 30 for 4 h; imc-b is made by its first instance, which misses it,
    and has nothing above; imc-c stays as it was."""
    answer = replay(month, "--set", "creation_method=automatic", "--set", "retention_days=7")
    by_cache = {cache["cache_id"]: cache for cache in answer["caches"]}
    assert Decimal(by_cache["imc-a"]["replayed"]) == Decimal("0.05") / 100 * 10 * 4
    assert by_cache["imc-b"]["replayed"] == "0"
    assert by_cache["imc-c"]["difference"] == "0"
    assert answer["behaviour"] == {"hits": 3, "misses": 1, "evictions": 0, "refused": 0, "extra_pull_s": 50}
    assert answer["settings"] == {"creation_method": "automatic", "retention_days": 7}
    assert any("retention_days is for manual caches" in sentence for sentence in answer["assumptions"])


def test_a_shorter_retention_costs_less_snapshot_and_a_build(month: Shell) -> None:
    """imc-a, which is overdue, ends three days into the month, is missed and built on the 5th and the 20th; each time the
    snapshot of 2 GiB is kept from 12:05 to 12:00 three days later, which is 72 started hours."""
    answer = replay(month, "--set", "retention_days=3", "--cache", "imc-a")
    (found,) = [cache for cache in answer["caches"] if cache["cache_id"] == "imc-a"]
    build = Decimal("0.0074386667") - Decimal("0.0016666667") + Decimal("0.0016666667")
    snapshot = Decimal("0.02") / 720 * 2 * (72 + 72 + 72)
    assert abs(Decimal(found["replayed"]) - (2 * build + snapshot)) < Decimal("0.000000001")
    assert answer["behaviour"]["misses"] == 2
    assert answer["behaviour"]["hits"] == 2
    assert answer["behaviour"]["extra_pull_s"] == 2 * 278
    assert {cache["cache_id"] for cache in answer["caches"] if cache["difference"] != "0"} == {"imc-a"}


def test_included_storage_size_and_instant(month: Shell) -> None:
    included = replay(month, "--set", "included_ephemeral_gib=20")
    assert [cache["difference"] for cache in included["caches"]] == ["0", "0", "0.005"]
    larger = replay(month, "--set", "size_gib=60", "--name", "train-*")
    (found,) = [cache for cache in larger["caches"] if cache["difference"] != "0"]
    assert (found["cache_id"], Decimal(found["difference"])) == ("imc-a", Decimal("0.05") / 100 * 20 * 4)
    assert replay(month, "--set", "instant=false")["difference"] == "0"


def test_what_has_no_price_is_named_and_makes_the_exit_code_1(month: Shell) -> None:
    done = month("--as-of", "2026-11-06", "replay", "2026-10", "--set", "region=cn-beijing", "--json")
    assert done.code == 1
    assert {item["region"] for item in done.json["unrated"]} == {"cn-beijing"}
    assert "the total is incomplete" in done.err


def test_only_caches_with_a_tag(month: Shell) -> None:
    answer = replay(month, "--set", "creation_method=automatic", "--tag", "team=search")
    assert [cache["cache_id"] for cache in answer["caches"] if cache["difference"] != "0"] == ["imc-a"]


def test_a_sweep_shows_its_best_point(month: Shell, tmp_path: Path) -> None:
    answer = replay(month, "--sweep", "retention_days=1..6", "--chart", "curve.svg")
    points = answer["sweep"]["points"]
    assert [point["value"] for point in points] == [1, 2, 3, 4, 5, 6]
    costs = {p["value"]: Decimal(p["replayed_total"]) + Decimal(p["extra_pull_amount"]) for p in points}
    assert costs[answer["sweep"]["best"]] == min(costs.values())
    assert answer["settings"] == {"retention_days": answer["sweep"]["best"]}
    assert (tmp_path / "curve.svg").read_text().startswith("<svg ")
    for point in points:
        alone = replay(month, "--set", f"retention_days={point['value']}")
        assert alone["replayed_total"] == point["replayed_total"]
    table = month("--as-of", "2026-11-06", "replay", "2026-10", "--sweep", "retention_days=1..6")
    assert "best" in table.out
    assert "█" in table.out


def test_the_misses_under_every_quota(month: Shell) -> None:
    answer = replay(month, "--quota", "automatic=1..3", "--set", "creation_method=automatic")
    assert answer["quota"]["points"] == [
        {"limit": 1, "misses": 3},
        {"limit": 2, "misses": 1},
        {"limit": 3, "misses": 1},
    ]
    assert (answer["quota"]["caches"], answer["quota"]["instances"], answer["quota"]["enough"]) == (3, 4, 2)
    table = month("--as-of", "2026-11-06", "replay", "2026-10", "--quota", "manual=1..2")
    assert "manual_image_caches" in table.out


def test_a_quota_that_was_observed_holds(month: Shell, tmp_path: Path) -> None:
    (tmp_path / "quotas.csv").write_text(
        "account_id,region,quota,limit,used,observed_at\n"
        "100,cn-hangzhou,automatic_image_caches,1,1,2026-10-01T00:00:00Z\n"
    )
    assert month("import", "quotas.csv").code == 0
    answer = replay(month, "--set", "creation_method=automatic")
    assert answer["behaviour"]["evictions"] > 0
    assert any("The limit of automatic_image_caches is 1" in sentence for sentence in answer["assumptions"])


def test_the_table_names_what_differs_and_what_is_assumed(month: Shell) -> None:
    """Only imc-a and imc-b differ; one account and region need no columns."""
    done = month("--as-of", "2026-11-06", "replay", "2026-10", "--set", "creation_method=automatic")
    assert done.code == 0
    rows = [line.split() for line in done.out.splitlines()]
    assert rows[1] == ["cache", "recorded", "replayed", "difference"]
    assert {rows[2][0], rows[3][0]} == {"imc-a", "imc-b"}
    assert "1 of 3 without a difference" in done.out
    assert "instances: 3 hits, 1 misses, 50 s of pulling" in done.out
    assert "assumed" in done.out


def test_what_others_named_cant_reach_the_terminal(month: Shell, tmp_path: Path) -> None:
    hostile = (
        CACHES.splitlines()[0]
        + "\nimc-\x1b[31m,x,manual,40,2,2026-10-20T10:00:00+08:00,2026-10-20T10:05:00+08:00,,\n"
    )
    (tmp_path / "hostile.csv").write_text(hostile)
    month("import", "hostile.csv", "--account", "100", "--region", "cn-hangzhou")
    done = month("--as-of", "2026-11-06", "replay", "2026-10", "--set", "size_gib=20")
    assert done.code == 0
    assert "\x1b" not in done.out + done.err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--set", "retention=3"], "there is no setting 'retention' (--set): did you mean 'retention_days'?"),
        (["--set", "retention_days"], "'retention_days' is no pair (--set): write KEY=VALUE"),
        (["--set", "retention_days=0"], "retention_days can't be '0' (--set retention_days)"),
        (["--set", "retention_days=-1"], "retention_days can't be '-1'"),
        (["--set", "instant=maybe"], "instant can't be 'maybe'"),
        (["--set", "size_gib=19"], "a cache of 19 GiB can't be had"),
        (["--set", "size_gib=1e3"], "'1e3' is no size in GiB"),
        (["--set", "instant=true", "--set", "instant=false"], "instant is set twice"),
        (["--set", "region=\x1b[31m"], "is no region"),
        (["--set", "tariff=alibaba-cn"], "tariff alibaba-cn is in CNY, the month in USD"),
        (["--set", "tariff=nothing"], "nothing"),
        (["--sweep", "retention_days=9..1"], "'9..1' has no or too many values"),
        (["--sweep", "retention_days=1..99999"], "'1..99999' has no or too many values"),
        (["--sweep", "region=1..2"], "'region' can't be swept"),
        (
            ["--sweep", "retention_days=1..2", "--set", "retention_days=3"],
            "retention_days is both set and swept",
        ),
        (["--quota", "other=1..2"], "there is no quota 'other'"),
        (
            ["--quota", "automatic=1..2", "--sweep", "retention_days=1..2"],
            "a sweep and a quota curve are two",
        ),
        (["--chart", "x.svg"], "there is no curve to draw"),
        (["--pull-time", "fast"], "'fast' is no time"),
        (["--cache", "imc-nowhere"], "no cache of the month is selected"),
    ],
)
def test_what_cant_be_followed_is_refused(month: Shell, args: list[str], said: str) -> None:
    done = month("--as-of", "2026-11-06", "replay", "2026-10", *args)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert done.err.count("\n") == 1


def test_a_month_without_records_is_replayed_as_nothing(month: Shell) -> None:
    done = month("--as-of", "2026-11-06", "replay", "2030-01", "--set", "creation_method=automatic", "--json")
    assert (done.code, done.json["replayed_total"], done.json["caches"]) == (0, "0", [])
