"""`imcost estimate`: options in, three choices side by side out; what can't be had is said."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest

from tests.cli.running import Result, Shell

EXAMPLE = (
    "--size", "40", "--snapshot", "2", "--build-time", "300s", "--keep", "3d", "--run-time", "3h",
    "--tariff", "alibaba-intl", "--at", "2025-06-01",
)  # fmt: skip


def options(result: Result) -> dict[str, Any]:
    """The options of a JSON answer by their name."""
    return {each["option"]: each for each in result.json["options"]}


def test_the_provider_s_example(imcost: Shell) -> None:
    result = imcost("estimate", *EXAMPLE, "--json")
    assert (result.code, result.err) == (0, "")
    answer, found = result.json, options(result)
    assert (answer["currency"], answer["tariff"]["id"]) == ("USD", "alibaba-intl")
    assert list(found) == ["manual", "automatic", "no_cache"]
    assert found["manual"]["total"] == "0.0714386667"
    assert found["automatic"]["total"] == "0.015"
    assert found["no_cache"] == {
        "option": "no_cache", "lines": [], "unrated": [], "total": "0", "complete": True, "total_by_charge": {},
        "estimated_total": "0", "monthly_total": "0", "months": ["0"], "notes": found["no_cache"]["notes"],
    }  # fmt: skip
    assert answer["cheapest"] == "automatic"
    snapshot = next(line for line in found["manual"]["lines"] if line["charge"] == "creation.snapshot")
    assert (snapshot["quantity"], snapshot["unit"], snapshot["rate"], snapshot["per"]) == (
        "144", "GiB-hour", "0.02", "GiB-month",
    )  # fmt: skip
    assert not snapshot["estimated"]
    assert "one hour more, 0.0000555556 USD" in " ".join(found["manual"]["notes"])
    assert "0.00001924 USD for 1 instance" in " ".join(found["no_cache"]["notes"])


def test_every_total_is_the_sum_of_its_lines(imcost: Shell) -> None:
    result = imcost("estimate", *EXAMPLE, "--pull-time", "50s", "--instances", "7", "--json")
    for each in options(result).values():
        assert Decimal(each["total"]) == sum(Decimal(line["amount"]) for line in each["lines"])


def test_defaults(imcost: Shell) -> None:
    result = imcost("estimate", "--as-of", "2026-10-05T10:20:00+08:00", "--json")
    asked = result.json["question"]
    assert asked == {
        "name": "estimate", "region": "cn-hangzhou", "at": "2026-10-05T11:00:00+08:00", "size_gib": "20", "snapshot_gib": None,
        "build_s": 300, "keep_s": None, "instant": False, "pull_s": None, "pull_estimated": None,
        "instances": [{"count": 1, "run_s": 3600, "vcpu": "2", "memory_gib": "4", "extra_ephemeral_gib": None, "start_s": 0}],
    }  # fmt: skip
    assert result.json["currency"] == "CNY"
    manual = options(result)["manual"]
    snapshot = next(line for line in manual["lines"] if line["charge"] == "creation.snapshot")
    assert (snapshot["quantity"], snapshot["estimated"]) == ("14400", True)  # 20 GiB × 720 h
    assert Decimal(manual["year_total"]) > Decimal(manual["total"])
    assert not imcost.workspace.exists()


def test_a_full_hour_is_the_next_full_hour(imcost: Shell) -> None:
    answer = imcost("estimate", "--as-of", "2026-10-05T10:00:00+08:00", "--json").json
    assert answer["question"]["at"] == "2026-10-05T10:00:00+08:00"


def test_pull_time_counts_and_no_cache_is_compared(imcost: Shell) -> None:
    result = imcost("estimate", *EXAMPLE, "--pull-time", "50s", "--instances", "10", "--json")
    found = options(result)
    assert found["no_cache"]["total"] == "0.00962"  # 10 × 50 × 0.00001924
    assert found["automatic"]["total"] == "0.150962"  # 10 × 0.015 and one pull
    assert found["manual"]["saved_s"] == "500"
    assert found["manual"]["saved_amount"] == "0.00962"
    assert (found["automatic"]["saved_s"], found["automatic"]["saved_amount"]) == ("450", "0.008658")
    assert result.json["cheapest"] == "no_cache"
    assert set(result.json["break_even"]) == {"instances", "run_hours", "keep_days"}


def test_image_size_scales_the_providers_figure(imcost: Shell) -> None:
    result = imcost("estimate", *EXAMPLE, "--image-size", "386.26MB", "--json")
    assert (result.json["question"]["pull_s"], result.json["question"]["pull_estimated"]) == (50, True)
    lines = options(result)["no_cache"]["lines"]
    assert [line["estimated"] for line in lines] == [True, True]
    assert "386.26 MB" in " ".join(options(result)["no_cache"]["notes"])
    assert imcost("estimate", "--image-size", "2", "--json").json["question"]["pull_s"] == 278


def test_no_number_is_a_float(imcost: Shell) -> None:
    def refuse(text: str) -> None:
        raise AssertionError(text)

    out = imcost("estimate", *EXAMPLE, "--image-size", "3.3", "--max-monthly", "0.5", "--json").out
    json.loads(out, parse_float=refuse)


def test_the_table(imcost: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("billing.cli.console.PIPE_WIDTH", 80)
    result = imcost("estimate", *EXAMPLE, "--pull-time", "50s")
    assert result.code == 0
    for text in (
        "0.0714386667",
        "0.015962",
        "cheapest  no cache",
        "pull.instance_vcpu",
        "free",
        "pulling saved",
    ):
        assert text in result.out
    assert max(map(len, result.out.splitlines())) <= 80


def test_max_monthly(imcost: Shell) -> None:
    result = imcost("estimate", *EXAMPLE, "--max-monthly", "0.07", "--json")
    assert result.code == 1
    assert "0.0014386667 more than max_monthly 0.07 allows" in result.err
    [policy] = result.json["policies"]
    assert (policy["broken"], policy["over"]) == (True, "0.0014386667")
    assert imcost("estimate", *EXAMPLE, "--max-monthly", "0.0714386667").code == 0
    assert imcost("estimate", *EXAMPLE, "--max-monthly", "0.02", "--option", "automatic").code == 0


def test_a_region_without_prices_says_what_would_add_them(imcost: Shell) -> None:
    result = imcost("estimate", "--region", "us-west-1", "--at", "2026-10-05", "--json")
    assert result.code == 1
    assert result.json["cheapest"] is None
    manual = options(result)["manual"]
    assert not manual["complete"]
    assert manual["unrated"][0]["reason"] == "no rate eci.vcpu for region us-west-1 from 2026-10-01"
    table = imcost("estimate", "--region", "cn-shanghai", "--at", "2026-10-05").out
    assert "creation.disk" in table
    assert re.search(r"creation\.disk +\?", table)
    assert "? has no price: the total is incomplete" in table
    for format_, said in (("markdown", "(incomplete: a price is missing)"), ("html", "no price</td>")):
        assert said in imcost("estimate", "--region", "us-west-1", "--format", format_).out
    toml = result.err[result.err.index("tariff = {") :]
    folder = imcost.workspace / "tariffs"
    folder.mkdir(parents=True)
    (folder / "ours.toml").write_text(toml.replace("PRICE", '"0.01"'))
    priced = imcost("estimate", "--region", "us-west-1", "--at", "2026-10-05", "--tariff", "ours", "--json")
    assert (priced.code, priced.err) == (0, "")


def test_what_automatic_creation_can_not_have_is_said(imcost: Shell) -> None:
    result = imcost(
        "estimate", "--keep", "3d", "--instant", "--size", "60", "--extra-ephemeral", "10", "--json"
    )
    notes = " ".join(options(result)["automatic"]["notes"])
    for text in ("no retention", "never instant", "holds 40 GiB here, less than the 60 GiB"):
        assert text in notes
    assert "only its enabling" in " ".join(options(result)["manual"]["notes"])


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--size", "19"), "a cache has 20 to 32768 GiB, not 19"),
        (("--size", "32769"), "a cache has 20 to 32768 GiB, not 32769"),
        (("--size", "x"), "'x' is no size (--size)"),
        (("--snapshot", "41", "--size", "40"), "a snapshot of 41 GiB does not fit"),
        (tuple(arg for n in range(21) for arg in ("--image", f"busybox:{n}")), "at most 20 images, not 21"),
        (("--run-time", "-3h"), "'-3h' is negative (--run-time)"),
        (("--keep", "soon"), "'soon' is no duration (--keep)"),
        (("--instances", "-1"), "'-1' is no count (--instances)"),
        (("--instance", "big"), "'big' is no instance (--instance)"),
        (("--pull-time", "5s", "--image-size", "2"), "a pull time needs no image size"),
        (("--at", "tomorrow"), "--at"),
        (("--at", "2026-10-05T10:00:00"), "names no zone (--at)"),
        (("--at", "9998-12-31", "--keep", "36500d"), "the years 1970 to 9998"),
        (("--max-monthly", "lots"), "'lots' is no amount (--max-monthly)"),
        (("--tariff", "nobody"), "there is no tariff 'nobody'"),
        (("--size", "\x1b[2J"), r"'\x1b[2J' is no size"),
    ],
)
def test_wrong_questions_are_refused_in_one_line(imcost: Shell, args: tuple[str, ...], said: str) -> None:
    result = imcost("estimate", *args)
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert result.err.count("\n") == 1
    assert "\x1b" not in result.err
