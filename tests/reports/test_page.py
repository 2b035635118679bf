"""The page: it says what the bill says, lets nothing in, and stands whatever the month holds."""

import re
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

from billing.bill import exact_sum
from billing.trend import MonthCost
from reports.books import settled_statements
from reports.charts import CREATION, USAGE
from reports.page import render_page
from reports.sections import SECTIONS
from tests.reports.build import HOSTILE, closed, correction, full, line, metered, report, statements


class Page(HTMLParser):
    """What a browser would make of the page: elements by tag, and the sections' text and exact values."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.sections: dict[str, str] = {}
        self.values: dict[str, list[Decimal]] = {}
        self._at = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.elements.append((tag, found))
        if tag == "section":
            self._at = str(found["id"])
        if tag == "data":
            self.values.setdefault(self._at, []).append(Decimal(str(found["value"])))

    def handle_data(self, data: str) -> None:
        self.sections[self._at] = self.sections.get(self._at, "") + data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


FULL = full()
DESIGN = Path(__file__).parents[2] / "reports" / "design"


@cache
def page_of(language: str) -> Page:
    """The full report's page."""
    return Page(render_page(FULL, language))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_same_data_give_the_same_page(language: str) -> None:
    assert render_page(FULL, language) == render_page(full(), language)


def test_every_section_is_there_in_its_order() -> None:
    page = page_of("en")
    assert [found["id"] for found in page.all("section")] == [name.replace("_", "-") for name in SECTIONS]


def test_total_adjustment_and_payable_are_the_bills() -> None:
    page = page_of("en")
    total, settled = FULL.bill.total, FULL.settled
    assert settled.payable == exact_sum(account.settlement.payable for account in settled.accounts)
    assert settled.payable - settled.adjustment == total + settled.corrections
    assert settled.corrections < 0
    assert page.values["summary"][:5] == [
        settled.payable, total, settled.corrections, settled.adjustment, settled.payable,
    ]  # fmt: skip
    assert f"{settled.payable:,.2f}" in page.sections["summary"]


@pytest.mark.parametrize("section", ["by-charge", "by-day", "by-cache", "by-account", "by-region"])
def test_each_breakdown_shows_the_total(section: str) -> None:
    assert FULL.bill.total in page_of("en").values[section]


def test_the_parts_of_the_change_sum_to_it() -> None:
    values = page_of("en").values["change"]
    assert FULL.previous is not None
    count = 6 * (len(FULL.previous.charges) + 1)
    rows = [values[index : index + 6] for index in range(0, count, 6)]
    *parts, whole = rows
    assert [exact_sum(column) for column in zip(*parts, strict=True)] == whole
    assert all(row[1] - row[0] == row[2] == exact_sum(row[3:]) for row in rows)
    assert whole[:3] == [FULL.previous.before.total, FULL.bill.total, FULL.previous.change]
    assert exact_sum(values[count : count + 4]) == FULL.previous.change


def test_most_caches_are_one_line_and_none_is_lost() -> None:
    lines = [line("usage.cache_disk", f"imc-{index:04}", 1_000_000 + index) for index in range(3_000)]
    data = report(metered(lines, caches={"charged": 3_000}))
    page = Page(render_page(data, "en"))
    assert "2,980 other caches" in page.sections["by-cache"]
    assert data.bill.total in page.values["by-cache"]
    assert "--by cache --format csv" in page.sections["by-cache"]


def test_an_incomplete_total_says_so_where_it_stands() -> None:
    page = page_of("en")
    assert "Incomplete: 1 quantity has no price" in page.sections["summary"]
    assert "Total, incomplete" in page.sections["by-cache"]
    assert "no price ebs.essd_pl1 there from 2026-10-01" in page.sections["open-points"]
    assert "没有 ebs.essd_pl1 的单价" in page_of("zh").sections["open-points"]


def test_one_cache_that_came_is_one_cache() -> None:
    assert "1 cache is new (+0.00), 0 are gone (0.00)." in page_of("en").sections["summary"]
    assert "新增 1 个缓存" in page_of("zh").sections["summary"]


def test_only_where_something_is_left_open_the_summary_leads_to_it() -> None:
    sure = report(metered([line("usage.cache_disk", "imc-1", 21_600)], caches={"charged": 1}))
    for data, leads in ((sure, False), (FULL, True)):
        summary = render_page(data, "en").partition("<nav")[0]
        assert ("Which ones</a>" in summary) == leads
        assert ("every amount rests on observed records." in summary) != leads


def test_the_counts_of_records_add_up_on_the_page() -> None:
    text = " ".join(page_of("en").sections["data-quality"].split())
    assert "Charged 2 40" in text
    assert "All that overlap the month 3 44" in text
    assert "2 rows of the workspace’s imports were refused" in text


def test_an_empty_month_is_a_page_that_says_so() -> None:
    for language in ("en", "zh"):
        page = Page(render_page(report(metered([])), language))
        assert "CNY\u00a00.00" in page.sections["summary"]
        assert {"by-day", "by-cache", "by-account", "by-region", "free-creations"}.isdisjoint(page.sections)
    assert (
        "No cache and no instance was recorded"
        in Page(render_page(report(metered([])), "en")).sections["summary"]
    )


def test_one_cache_needs_no_breakdown_by_account_or_region() -> None:
    data = report(metered([line("usage.cache_disk", "imc-1", 21_600)], caches={"charged": 1}), account="1001")
    page = Page(render_page(data, "en"))
    assert "Account 1001" in page.sections["summary"]
    assert {"by-account", "by-region"}.isdisjoint(page.sections)
    assert page.values["summary"][:3] == [Decimal("0.01"), Decimal("0.0126"), Decimal("-0.0026")]


def test_a_running_month_shows_only_the_days_that_have_begun() -> None:
    data = report(
        metered([line("usage.cache_disk", "imc-1", 9_000_000)], as_of=datetime(2026, 10, 3, 4, tzinfo=UTC))
    )
    page = Page(render_page(data, "en"))
    assert "Running" in page.sections["summary"]
    assert "Sun, Oct 4 to Sat, Oct 31: not begun yet" in page.sections["by-day"]
    assert page.sections["by-day"].count("Oct 4") == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_names_stay_text(language: str) -> None:
    text = render_page(full(HOSTILE), language)
    page = Page(text)
    assert [attributes for tag, attributes in page.elements if tag == "script"] == [{}]
    assert {tag for tag, _ in page.elements}.isdisjoint({"img", "iframe", "object", "link", "base", "form"})
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "49" not in re.findall(r"<bdi>([^<]*)</bdi>", text)
    assert "{{ 7*7 }}" in page.sections["by-cache"]
    text.encode()


def test_nothing_is_loaded_and_only_this_style_applies() -> None:
    text = render_page(full(HOSTILE), "en")
    page = Page(text)
    policy = next(found["content"] for found in page.all("meta") if found.get("http-equiv"))
    style = text[text.index("<style>") + 7 : text.index("</style>")]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert policy is not None
    assert "default-src 'none'" in policy
    assert f"style-src 'sha256-{digest}'" in policy
    script = text[text.rindex("<script>") + 8 : text.rindex("</script>")]
    assert f"script-src 'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in policy
    assert script == (DESIGN / "tables.js").read_text()
    assert "unsafe" not in policy
    assert not any("style" in attributes for _, attributes in page.elements)
    assert not re.search(r"url\((?!\"data:)|@import", style)
    links = [str(found["href"]) for found in page.all("a")]
    assert all(link.startswith(("#", "https://")) for link in links)
    anchors = {str(found["id"]) for _, found in page.elements if "id" in found}
    assert {link[1:] for link in links if link.startswith("#")} <= anchors


def test_a_month_of_many_caches_stays_a_small_page() -> None:
    lines = [
        line("usage.cache_disk", f"imc-{index}", 10**6, account_id=str(index % 99)) for index in range(3_000)
    ]
    assert len(render_page(report(metered(lines, weights=[1] * 31)), "en")) < 300_000


def test_a_closed_month_shows_what_its_statements_say() -> None:
    stated = [closed(each, signed=index == 0) for index, each in enumerate(FULL.statements)]
    page = Page(render_page(replace(FULL, statements=tuple(stated)), "en"))
    assert "The month is closed." in page.sections["summary"]
    text = " ".join(page.sections["statements"].split())
    assert "closed on Nov 3, 2026 09:00 (UTC+8) by <b>li</b>, version 2" in text
    assert f"{'cd' * 8}… · signed" in text
    assert f"{'cd' * 8}… · not signed" in text
    assert "1 statement is signed with Ed25519" in text
    assert "3 caches and 44 instances" in text
    assert all(found in text for found in ("Closed with estimates", "Closed with quantities without a price"))
    assert "What is payable is what the statements say" not in page.sections["summary"]


def test_a_closed_month_whose_usage_changed_says_what_holds() -> None:
    stated = tuple(closed(each) for each in FULL.statements[:1])
    data = replace(FULL, statements=stated, settled=settled_statements(stated))
    page = Page(render_page(data, "en"))
    assert "What is payable is what the statements say" in page.sections["summary"]
    assert f"comes to CNY\u00a0{FULL.bill.total:.2f}" in page.sections["statements"]
    assert page.values["summary"][:2] == [data.settled.payable, data.settled.total]


def test_corrections_are_signed_and_summed_by_month_as_incurred() -> None:
    page = page_of("en")
    values = page.values["statements"]
    amounts = [Decimal(each["amount"]) for found in FULL.statements for each in found.document["corrections"]]
    assert len(amounts) == 2
    assert values.count(exact_sum(amounts)) == 3  # the month's, all months', and the statements'
    assert all(amount in values for amount in amounts)
    text = " ".join(page.sections["statements"].split())
    assert "Incurred in September 2026" in text
    assert "was stated and is no longer there" in text
    assert "发生于 2026年9月" in page_of("zh").sections["statements"]


def test_corrections_beyond_those_shown_are_one_line_and_none_is_lost() -> None:
    many = [correction(f"imc-{index:03}", f"-0.{index:03}") for index in range(1, 200)]
    stated = statements(FULL, many)
    page = Page(render_page(replace(FULL, statements=stated, settled=settled_statements(stated)), "en"))
    assert "159 other corrections" in page.sections["statements"]
    assert sum(each.amount for each in many) in page.values["statements"]


def months(known: int) -> tuple[MonthCost, ...]:
    """Thirteen months of which the last are known: each cost one more than the one before, half of it creation."""
    found: list[MonthCost] = []
    month = full().bill.month
    for number in range(13):
        cost = Decimal(20 - number) if number < known else None
        half = None if cost is None else cost / 2
        found.insert(0, MonthCost(month, cost, half, half, complete=True, running=False))
        month = month.previous()
    return tuple(found)


@pytest.mark.parametrize(("known", "columns", "first"), [(13, 13, "Oct 2025"), (6, 6, "May 2026")])
def test_page_one_draws_the_months_since_the_first_that_is_known(
    known: int, columns: int, first: str
) -> None:
    page = render_page(replace(full(), trend=months(known)), "en")
    [strip] = re.findall(r'<svg[^>]* class="months">.*?</svg>', page)
    assert strip.count(f'fill="{USAGE}"') == strip.count(f'fill="{CREATION}"') == columns
    assert f"{columns} months</a>" in page
    assert f": {first} {20 - known + 1}.00, Oct 2026 20.00.</title>" in strip


def test_page_one_draws_no_months_where_few_are_known() -> None:
    assert 'class="months"' not in render_page(replace(full(), trend=months(5)), "en")
