"""`imcost tariff`: every price with where it comes from; a file checked as strictly as a bill does."""

from pathlib import Path

from tests.cli.running import Shell

OURS = """
[tariff]
id = "ours"
base = "alibaba-cn"

[[rates]]
rate = "ebs.essd_pl1"
region = "cn-shanghai"
price = "0.002"
per = "GiB-hour"
from = 2026-01-01
source = "agreement"
read = "2026-01"
trust = "own"

[[discounts]]
rate = "ebs.essd_pl1"
region = "cn-hangzhou"
off = "10%"
from = 2026-06-01
source = "agreement"
read = "2026-01"
trust = "own"
"""


def with_ours(imcost: Shell, text: str = OURS) -> Path:
    """A tariff of one's own in the workspace."""
    folder = imcost.workspace / "tariffs"
    folder.mkdir(parents=True)
    path = folder / "ours.toml"
    path.write_text(text)
    return path


def test_list_names_the_shipped_ones_and_ones_own(imcost: Shell) -> None:
    path = with_ours(imcost)
    rows = imcost("tariff", "list", "--json").json["tariffs"]
    assert [(row["id"], row["currency"], row["shipped"]) for row in rows] == [
        ("alibaba-cn", "CNY", True),
        ("alibaba-intl", "USD", True),
        ("ours", "CNY", False),
    ]
    assert rows[2]["layers"] == ["ours", "alibaba-cn"]
    table = imcost("tariff", "list")
    assert table.code == 0
    assert str(path) in table.out


def test_list_says_which_one_is_broken(imcost: Shell) -> None:
    with_ours(imcost, "[tariff]\nid = 'ours'\nbase = 'nobody'")
    result = imcost("tariff", "list")
    assert result.code == 0
    assert "warning: there is no base 'nobody'" in result.err
    assert "alibaba-intl" in result.out


def test_show_says_where_each_price_comes_from(imcost: Shell) -> None:
    with_ours(imcost)
    shown = imcost("tariff", "show", "ours", "--json").json
    disks = [rate for rate in shown["rates"] if rate["rate"] == "ebs.essd_pl1"]
    assert [(rate["region"], rate["price"], rate["list_price"], rate["from"]) for rate in disks] == [
        ("cn-hangzhou", "0.0021", "0.0021", "2021-07-01"),
        ("cn-hangzhou", "0.00189", "0.0021", "2026-06-01"),
        ("cn-shanghai", "0.002", "0.002", "2026-01-01"),
    ]
    assert [rate["discount"] and rate["discount"]["off"] for rate in disks] == [None, "10%", None]
    assert disks[1]["discount"]["source"] == "agreement"
    assert {rate["tariff"] for rate in disks} == {"ours", "alibaba-cn"}
    assert all(rate["source"] and rate["read"] and rate["trust"] for rate in shown["rates"])
    same = [rate for rate in shown["rates"] if rate["rate"] == "eci.ephemeral_storage"]
    assert {rate["same_as"] for rate in same} == {"ebs.essd_pl1"}
    assert {value["value"] for value in shown["values"]} >= {"included_ephemeral_gib", "settlement"}
    assert shown["digest"].startswith("sha256:")


def test_show_prints_tables(imcost: Shell) -> None:
    result = imcost("tariff", "show", "alibaba-intl")
    assert result.code == 0
    for text in ("0.05 / 100 GiB-hour", "2024-01-01", "found", "settlement", "half-up", "USD"):
        assert text in result.out


def test_check_is_0_for_a_good_file_and_1_for_a_bad_one(imcost: Shell) -> None:
    path = with_ours(imcost)
    assert imcost("tariff", "check", path).code == 0
    assert imcost("tariff", "check", path, "--json").json["ok"] is True
    path.write_text(OURS.replace('source = "agreement"\n', "", 1))
    result = imcost("tariff", "check", path)
    assert (result.code, result.err) == (1, "")
    assert "'source' is missing" in result.out
    assert str(path) in result.out
    assert imcost("tariff", "check", path, "--json").json == {
        "file": str(path),
        "ok": False,
        "error": result.out.strip(),
    }
