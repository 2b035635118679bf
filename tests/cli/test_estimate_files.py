"""`imcost estimate -f`: files in, tables, JSON, Markdown and HTML out; differences and policies; hostile names stay text."""

import html
import re
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.cli.running import Shell
from tests.estimating.files import MANIFESTS, SCENARIO, change, terraform

CACHE = "alicloud_eci_image_cache"
HOSTILE = (
    "a|b`c`<script>alert(1)</script>![x](http://evil.example)@everyone www.evil.example **x**\u202e\x1b[31m~~"
)
AT = ("--at", "2026-12-01")


@pytest.fixture
def manifests(tmp_path: Path) -> Path:
    """Manifests of every kind."""
    path = tmp_path / "manifests.yaml"
    path.write_text(MANIFESTS)
    return path


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A plan with a name that tries everything, in each place that a file can name something."""
    path = tmp_path / "plan.json"
    after = {"images": [HOSTILE], "image_cache_name": HOSTILE, "image_cache_size": 30}
    scaling = change("alicloud_ess_eci_scaling_configuration", HOSTILE, None, {})
    path.write_text(terraform(change(CACHE, HOSTILE, None, after), scaling))
    return path


def test_a_table_of_resources(imcost: Shell, manifests: Path) -> None:
    result = imcost("estimate", "-f", manifests, *AT)
    assert result.code == 0
    assert "ImageCache/web" in result.out
    assert "used by Deployment/web, Job/once" in result.out
    assert "warning: Pod/one is not priced: it uses imc-2ze5hdcnngenmwc1jmwf" in result.err


def test_json_adds_up(imcost: Shell, manifests: Path) -> None:
    answer = imcost("estimate", "-f", manifests, *AT, "--pull-time", "60s", "--json").json
    assert set(answer) >= {"currency", "tariff", "options", "cheapest", "break_even", "resources"}
    for option in answer["options"]:
        amounts = [Decimal(line["amount"]) for line in option["lines"]]
        assert Decimal(option["total"]) == sum(amounts)
    assert Decimal(answer["monthly_after"]) == sum(Decimal(each["after"]) for each in answer["resources"])
    assert [each["option"] for each in answer["resources"]] == ["manual", "automatic", "no_cache"]
    assert len({line["line_id"] for option in answer["options"] for line in option["lines"]}) == sum(
        len(option["lines"]) for option in answer["options"]
    )


def test_a_scenario_says_what_each_month_costs(imcost: Shell, tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(SCENARIO)
    answer = imcost("estimate", "-f", "s.toml", "--json").json
    assert answer["resources"][0]["question"]["at"] == "2026-12-01T00:00:00+08:00"
    manual = answer["resources"][0]["options"][0]
    assert manual["months"][1:] == ["0.924", "1.008"]
    assert manual["monthly_total"] == max(manual["months"], key=Decimal)


def test_compare_to_an_earlier_estimate(imcost: Shell, manifests: Path, tmp_path: Path) -> None:
    earlier, now = tmp_path / "earlier.json", tmp_path / "now.yaml"
    earlier.write_text(imcost("estimate", "-f", manifests, *AT, "--json").out)
    same = imcost("estimate", "-f", manifests, *AT, "--compare-to", earlier, "--json").json["comparison"]
    assert same["difference"] == "0"
    assert {each["difference"] for each in same["resources"]} == {"0"}
    now.write_text(
        MANIFESTS.replace("replicas: 3", "replicas: 5").replace(
            "metadata: {name: db}", "metadata: {name: sql}"
        )
    )
    found = imcost("estimate", "-f", now, *AT, "--compare-to", earlier, "--json").json["comparison"]
    rows = {each["address"]: each for each in found["resources"]}
    # Two more instances with a disk of 25 GiB for 720 hours at 0.0021.
    assert rows["ImageCache/web"]["difference"] == found["difference"] == "75.6"
    assert (rows["StatefulSet/sql"]["before"], rows["StatefulSet/db"]["after"]) == (None, None)
    table = imcost("estimate", "-f", now, *AT, "--compare-to", earlier)
    assert "against the earlier estimate" in table.out
    assert "75.6" in table.out


def test_a_single_question_can_be_compared_too(imcost: Shell, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.json"
    earlier.write_text(imcost("estimate", *AT, "--keep", "30d", "--json").out)
    result = imcost("estimate", *AT, "--keep", "30d", "--instances", "3", "--compare-to", earlier, "--json")
    assert result.json["comparison"]["difference"] == "0.084"  # 2 × 20 GiB × 0.0021
    earlier.write_text(imcost("estimate", *AT, "--tariff", "alibaba-intl", "--json").out)
    other = imcost("estimate", *AT, "--compare-to", earlier)
    assert (other.code, other.out) == (2, "")
    assert "the earlier estimate is in USD, this one in CNY" in other.err
    earlier.write_text("{}")
    assert "the file is no estimate" in imcost("estimate", "--compare-to", earlier).err


POLICIES = """
[[policies]]
name = "caches"
max_monthly = "10"
max_increase = "1"
manual_needs_retention = true
manual_needs_users = true
"""


def test_policies_of_the_settings(imcost: Shell, tmp_path: Path) -> None:
    imcost.workspace.mkdir()
    (imcost.workspace / "imcost.toml").write_text(POLICIES)
    kept = change(CACHE, f"{CACHE}.kept", None, {"images": ["a"], "image_cache_size": 200})
    (tmp_path / "plan.json").write_text(terraform(kept))
    result = imcost("estimate", "-f", "plan.json", *AT, "--json")
    assert result.code == 1
    found = {each["rule"]: each for each in result.json["policies"]}
    assert all(each["broken"] for each in found.values())
    assert found["max_monthly"]["value"] == "24.071756"
    assert found["max_monthly"]["over"] == "14.071756"
    assert found["max_increase"]["over"] == "23.071756"
    for text in (
        "14.071756 more than max_monthly 10 allows",
        "kept for good",
        "has no users",
        f"{CACHE}.kept",
    ):
        assert text in result.err
    (imcost.workspace / "imcost.toml").write_text(POLICIES.replace('"10"', '"lots"'))
    wrong = imcost("estimate", "-f", "plan.json")
    assert wrong.code == 2
    assert "'lots' is no amount" in wrong.err
    (imcost.workspace / "imcost.toml").write_text('[[policies]]\nmanual_needs_users = "yes"')
    assert "write true or false" in imcost("estimate").err


def test_markdown_has_the_result_first_and_is_stable(imcost: Shell, manifests: Path) -> None:
    args = (
        "estimate",
        "-f",
        manifests,
        *AT,
        "--pull-time",
        "60s",
        "--max-monthly",
        "1",
        "--format",
        "markdown",
    )
    result = imcost(*args)
    assert result.code == 1
    lines = result.out.splitlines()
    assert lines[0].startswith("### Image caches: ")
    assert lines[2].startswith("- ❌ --max-monthly")
    assert "| ImageCache/web | manual |" in result.out
    assert result.out.count("<details>") == result.out.count("</details>") == 4
    assert result.out.count("```mermaid") == 3
    assert imcost(*args).out == result.out


def test_a_hostile_name_is_only_text_in_markdown(imcost: Shell, hostile: Path) -> None:
    result = imcost("estimate", "-f", hostile, *AT, "--format", "markdown")
    assert result.code == 0
    for text in ("<script", "](", "http:", "@every", "www.", "**x", "~~", "\x1b", "\u202e", "`c`", "a|b"):
        assert text not in result.out, text
    cells = [line for line in result.out.splitlines() if "script" in line and line.startswith("|")]
    assert len(cells) == 1
    assert cells[0].count("|") == 5
    assert "a|b`c`<script>" in html.unescape(cells[0])


class Tags(HTMLParser):
    """Collects what a page holds besides text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember the tag and its attributes."""
        self.found.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_html_is_one_page_without_scripts(imcost: Shell, hostile: Path, tmp_path: Path) -> None:
    page = tmp_path / "estimate.html"
    result = imcost(
        "estimate", "-f", hostile, *AT, "--pull-time", "90s", "--format", "html", "--output", page
    )
    assert (result.code, result.out) == (0, "")
    text = page.read_text()
    tags = Tags()
    tags.feed(text)
    assert not tags.found & {"script", "img", "a", "iframe", "link", "object"}
    assert not [name for name in tags.attributes if name.startswith("on")]
    assert "default-src 'none'" in html.unescape(text)
    assert tags.found >= {"svg", "figure", "table"}
    assert len(re.findall("<figure>", text)) == 1  # nobody uses it: only the days vary
    assert "\x1b" not in text
    imcost("estimate", "-f", hostile, *AT, "--pull-time", "90s", "--format", "html", "--output", page)
    assert page.read_text() == text
    assert imcost("estimate", *AT, "--pull-time", "90s", "--format", "html").out.count("<figure>") == 3


def test_a_hostile_name_is_only_text_on_the_terminal(imcost: Shell, hostile: Path) -> None:
    result = imcost("estimate", "-f", hostile, *AT)
    assert result.code == 0
    assert "\x1b" not in result.out + result.err
    assert "\u202e" not in result.out + result.err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("-f", "absent.yaml"), "the file can't be read"),
        (("-f", "main.tf"), "no kind of file that an estimate can be made from"),
        (("-f", "m.yaml", "--instances", "3"), "--instances is for a question without a file"),
        (("-f", "m.yaml", "--instant"), "--instant is for a question without a file"),
        (("--usage", "usage.yaml"), "the file can't be read"),
        (("--format", "html", "--output", "absent/x.html"), "its folder does not exist"),
        (("--compare-to", "absent.json"), "the file can't be read"),
    ],
)
def test_wrong_use_is_refused(imcost: Shell, args: tuple[str, ...], said: str) -> None:
    result = imcost("estimate", *args)
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert result.err.count("\n") == 1
