"""The appendix of explanations: every number leads to one, what it shows adds up, and the page stays small."""

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from billing.bill import exact_sum
from reports.books import settled_statements
from reports.explained import LINES_EXPLAINED, Explanations, chosen
from reports.page import render_for_print, render_page
from tests.reports.build import HOSTILE, explanations, full, line, metered, report, summary
from tests.reports.test_page import Page

FULL = full()


def linked(page: Page) -> set[str]:
    """The anchors that amounts lead to."""
    return {str(found["href"])[1:] for found in page.all("a") if found.get("class") == "explained"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_amounts_lead_to_explanations_that_are_there_and_lead_back(language: str) -> None:
    page = Page(render_page(FULL, language))
    anchors = {str(found["id"]) for _, found in page.elements if "id" in found}
    assert FULL.explanations is not None
    wanted = {"x-total", *(f"x-{id}" for id in FULL.bill.total_by_charge if id != "creation.automatic")}
    wanted |= {f"x-cache-{number}" for number in range(1, len(FULL.by_cache) + 1)}
    wanted |= {
        FULL.explanations.correction(each)
        for found in FULL.statements
        for each in found.document["corrections"]
    }
    assert linked(page) == wanted
    assert wanted | {f"x-{one.line_id}" for one in FULL.bill.lines} <= anchors
    articles = page.all("article")
    backs = [found for found in page.all("a") if found.get("class") == "back"]
    assert len(articles) == len(backs)
    assert {str(found["href"])[1:] for found in backs} <= anchors
    assert len(anchors) == len([found for _, found in page.elements if "id" in found])


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


def test_the_parts_of_the_total_sum_to_it() -> None:
    values = Page(render_page(FULL, "en")).values["explanations"]
    parts = [amount for id, amount in FULL.bill.total_by_charge.items() if id != "creation.automatic"]
    assert values[: len(parts) + 1] == [*parts, FULL.bill.total]
    assert exact_sum(parts) == FULL.bill.total


def test_the_total_is_settled_with_what_it_carries() -> None:
    text = " ".join(Page(render_page(FULL, "en")).sections["explanations"].split())
    settled = FULL.settled
    assert settled.total + settled.corrections + settled.adjustment == settled.payable
    assert f"{settled.total}, with \N{MINUS SIGN}1.00 of corrections of closed months" in text
    elsewhere = replace(FULL, statements=FULL.statements[:1], settled=settled_statements(FULL.statements[:1]))
    page = Page(render_page(elsewhere, "en"))
    assert "of corrections of closed months and" not in " ".join(page.sections["explanations"].split())


def test_the_pdf_has_no_explanations_and_no_links_to_them() -> None:
    page = Page(render_for_print(FULL, "en"))
    assert not linked(page)
    assert not page.all("article")


def test_without_lines_there_is_nothing_to_explain() -> None:
    page = Page(render_page(replace(report(metered([])), explanations=Explanations()), "en"))
    assert "explanations" not in page.sections
    assert not linked(page)


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
    found, caches = chosen(data.bill, named)
    assert len(caches) == 20
    assert 40 <= len(found) <= LINES_EXPLAINED
    assert {one.line_id for one in lines if one.cache_id == named[0].key[2]} <= {one.line_id for one in found}
    explained = Explanations({one.line_id: summary(one) for one in found}, caches)
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
    found, _ = chosen(data.bill, sorted(data.by_cache, key=lambda found: -found.amount)[:20])
    assert found == list(data.bill.lines)
    assert len(render_page(replace(data, explanations=explanations(data)), "zh").encode()) < 1_000_000


def test_an_amount_that_ends_is_written_out_and_one_that_does_not_is_cut() -> None:
    from reports.sections.explanations import _exact

    assert _exact(Fraction(1, 8)) == "0.125"
    assert _exact(Fraction(1, 3)) == "0.3333333333333333…"
    assert _exact(Fraction(Decimal(0))) == "0"
