"""The appendix of explanations: every number leads to one, what it shows adds up, and the page stays small."""

import re
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from html.parser import HTMLParser

import pytest

from reports.explained import LINES_EXPLAINED, Explanations, chosen
from reports.explanations import Row, Table
from reports.page import render_for_print, render_page
from tests.reports.build import HOSTILE, explanations, full, line, metered, report, summary
from tests.reports.test_page import Page

FULL = full()


WITHOUT_AMOUNT = {"open-points": {"3600"}}
"""Exceptions by section: a quantity that has no price comes to no amount, so there is no sum to show."""

MONEY = re.compile(r"(?:CNY|USD)\s[\N{MINUS SIGN}+]?[\d,.]+")


class Amounts(HTMLParser):
    """The amounts of a page by section: those that lead to an explanation, and those that don't; the text of charts aside."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: list[str] = []
        self.targets: set[str] = set()
        self.linked: dict[str, list[str]] = {}
        self.bare: dict[str, list[str]] = {}
        self.stops: Counter[str] = Counter()
        self._section, self._led, self._charts = "", False, 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.anchors.append(str(found["id"]))
        if tag == "section":
            self._section = str(found["id"])
        if tag == "svg":
            self._charts += 1
        if tag == "a" and str(found["href"]).startswith("#"):
            self.targets.add(str(found["href"])[1:])
            self._led = str(found["href"]).startswith("#x-")
            self.stops[self._section] += self._led and "tabindex" not in found
        if tag == "data":
            self._found(str(found["value"]))

    def handle_endtag(self, tag: str) -> None:
        self._led = self._led and tag != "a"
        self._charts -= tag == "svg"

    def handle_data(self, data: str) -> None:
        if not self._charts:
            for amount in MONEY.findall(data):
                self._found(amount)

    def _found(self, amount: str) -> None:
        (self.linked if self._led else self.bare).setdefault(self._section, []).append(amount)


@cache
def amounts_of(language: str) -> Amounts:
    """The full report's amounts."""
    return Amounts(render_page(FULL, language))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_amount_of_every_section_leads_to_its_explanation(language: str) -> None:
    found = amounts_of(language)
    bare = {
        section: set(amounts) - WITHOUT_AMOUNT.get(section, set())
        for section, amounts in found.bare.items()
        if section != "explanations"
    }
    assert {section: amounts for section, amounts in bare.items() if amounts} == {}
    of_money = {
        "summary", "findings", "change", "trend", "by-charge", "by-day", "by-cache", "cache-lives", "by-account", "by-region",
        "by-tag", "budgets", "free-creations", "statements", "reconciliation", "open-points",
    }  # fmt: skip
    assert found.linked.keys() == of_money


@pytest.mark.parametrize("language", ["en", "zh"])
def test_explanations_are_there_and_lead_back(language: str) -> None:
    found = amounts_of(language)
    assert found.targets <= set(found.anchors)
    assert len(found.anchors) == len(set(found.anchors))
    page = Page(render_page(FULL, language))
    backs = [one for one in page.all("a") if one.get("class") == "back"]
    assert len(backs) == len(page.all("article"))
    assert {f"x-{one.line_id}" for one in FULL.bill.lines} <= set(found.anchors)


def test_what_is_not_explained_is_noticed() -> None:
    page = render_page(FULL, "en").replace("</main>", "<p>CNY\N{NO-BREAK SPACE}1.25</p></main>")
    assert "CNY\N{NO-BREAK SPACE}1.25" in Amounts(page).bare["explanations"]


def test_the_tab_key_stops_once_in_a_row() -> None:
    found = amounts_of("en")
    days = len(found.linked["by-day"])
    assert found.stops["by-day"] <= days // 4 + 2


def test_parts_that_do_not_sum_to_their_number_are_a_bug() -> None:
    rows = (Row("a", Decimal(1)), Row("b", Decimal(2)))
    with pytest.raises(AssertionError, match="give 3, not 4"):
        Table(rows, Row("all", Decimal(4)))
    with pytest.raises(AssertionError, match="the parts of both give 3"):
        Table((*rows, Row("both", Decimal(2), sums=True)), Row("all", Decimal(3)))
    with pytest.raises(AssertionError, match="comes to 2"):
        Table(rows, Row("all", Decimal(3)), (Row("less", Decimal(-1)),), Row("left", Decimal(3)))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_table_of_the_page_says_what_it_is(language: str) -> None:
    page = render_page(FULL, language)
    tables = re.findall(r"<table[^>]*>\s*(<caption[^>]*>.*?</caption>)?", page)
    assert len(tables) > 20
    assert all(re.sub(r"<[^>]+>", "", caption).strip() for caption in tables)


def test_what_is_shown_of_a_line_is_its_calculation() -> None:
    text = " ".join(Page(render_page(FULL, "en")).sections["explanations"].split())
    [one] = [one for one in FULL.bill.lines if one.charge == "usage.ephemeral_storage"]
    assert one.line_id in text
    assert "7,000 GiB-second × " in text
    assert "3 records" in text
    assert f"and 2 more: imcost explain {one.line_id}" in text
    assert "1 record began before Oct 1, 2026 00:00" in text
    assert "rounded once, half up at the tenth decimal" in text
    assert "snapshot_gib is not known" in text


def test_the_total_and_what_is_payable_are_sums() -> None:
    values = Page(render_page(FULL, "en")).values["explanations"]
    settled = FULL.settled
    assert values[values.index(FULL.bill.total)] == FULL.bill.total
    assert settled.total + settled.corrections + settled.adjustment == settled.payable
    at = values.index(settled.payable)
    assert values[at - 3 : at] == [settled.total, settled.corrections, settled.adjustment]


def test_the_pdf_has_no_explanations_and_no_links_to_them() -> None:
    printed = render_for_print(FULL, "en")
    assert not Amounts(printed).linked
    assert not Page(printed).all("article")


def test_without_lines_there_is_nothing_to_explain() -> None:
    page = render_page(replace(report(metered([])), explanations=Explanations()), "en")
    assert "explanations" not in Page(page).sections
    assert not Amounts(page).linked


def test_names_of_others_stay_text() -> None:
    text = render_page(full(tuple(name for name in HOSTILE if "\ud800" not in name)), "en")
    assert 'id="x-total"' in text
    assert "<script>alert" not in text
    assert "onerror=alert(1)>" not in text


def test_a_large_month_explains_what_it_shows_and_stays_below_a_megabyte() -> None:
    lines = [
        line(charge, f"imc-{index:04}", 1_000_000 + index)
        for index in range(2_000)
        for charge in ("usage.cache_disk", "creation.snapshot")
    ]
    data = report(metered(lines, caches={"charged": 2_000}))
    named = sorted(data.by_cache, key=lambda found: -found.amount)[:20]
    found = chosen(data.bill, named)
    assert 40 <= len(found) <= LINES_EXPLAINED
    assert {one.line_id for one in lines if one.cache_id == named[0].key[2]} <= {one.line_id for one in found}
    explained = Explanations({one.line_id: summary(one) for one in found})
    page = render_page(replace(data, explanations=explained), "en")
    assert len(page.encode()) < 1_000_000
    assert f"Of 4,000 lines, {len(found)} are explained" in page


def test_a_usual_month_is_explained_whole_and_stays_below_a_megabyte() -> None:
    charges = (
        "usage.cache_disk",
        "usage.ephemeral_storage",
        "creation.snapshot",
        "creation.disk",
        "creation.instance_vcpu",
    )
    lines = [line(charge, f"imc-{index:02}", 10**6 + index) for index in range(50) for charge in charges]
    data = report(metered(lines, caches={"charged": 50}))
    found = chosen(data.bill, sorted(data.by_cache, key=lambda found: -found.amount)[:20])
    assert found == list(data.bill.lines)
    assert len(render_page(replace(data, explanations=explanations(data)), "zh").encode()) < 1_000_000


def test_an_amount_that_ends_is_written_out_and_one_that_does_not_is_cut() -> None:
    from reports.sections.explanations import _exact

    assert _exact(Fraction(1, 8)) == "0.125"
    assert _exact(Fraction(1, 3)) == "0.3333333333333333…"
    assert _exact(Fraction(Decimal(0))) == "0"
