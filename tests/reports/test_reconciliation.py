"""The reconciliation's page: the bridge leads from ours to theirs, names are harmless, and nothing is let in."""

import re
from dataclasses import replace

import pytest

from billing.reconciling.ours import Grain
from billing.reconciling.reasons import MESSAGES, THINGS, Hours, Part, Span, Thing, english, reason
from billing.reconciling.result import CLASSES
from billing.reconciling.sources import UNREADABLE, Quarantined
from reports.i18n import Formats, Words
from reports.page import render_page
from reports.reconciliation.page import render_reconciliation
from reports.reconciliation.shown import FOLDER, sentence, shown
from reports.reconciliation.waterfall import steps
from tests.reports.build import HOSTILE, difference, full, reconciliation


def test_the_bridge_leads_from_ours_to_theirs() -> None:
    found = reconciliation(
        difference("missing_in_bill", "-30"), difference("price", "20"), difference("coupon", "-10")
    )
    made = steps(found)
    assert [step.name for step in made] == ["ours", "price", "missing_in_bill", "coupon", "due"]
    assert made[0].amount + sum(step.amount for step in made[1:-1]) == made[-1].amount == 80
    assert [(step.from_, step.long) for step in made] == [(0, 83), (83, 16), (75, 25), (66, 8), (0, 66)]
    assert [step.compared for step in made] == [False, True, True, False, False]


def test_a_bridge_below_zero_has_its_bars_inside() -> None:
    made = steps(reconciliation(difference("refund", "-150"), difference("tax", "20")))
    assert all(0 <= step.from_ <= step.from_ + step.long <= 100 for step in made)


def test_the_page_has_every_difference_and_what_to_do() -> None:
    page = render_reconciliation(reconciliation(difference("price", "20"), difference("timing", "1.5")))
    assert page == render_reconciliation(
        reconciliation(difference("price", "20"), difference("timing", "1.5"))
    )
    assert "because of eci-1" in page
    assert "Compare the price with your agreement" in page
    assert "Does not agree" in page
    assert "Agrees" in render_reconciliation(reconciliation(difference("coupon", "-10")))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_class_has_its_words(language: str) -> None:
    words = Words(language, FOLDER)
    for name in set(CLASSES) - {"matched"}:
        assert all(words(f"{what}_{name}") for what in ("class", "means", "advice"))


GRAINS: tuple[Grain, ...] = ("hour", "day", "month")
PARTS: dict[str, Part] = {
    "hours": Hours("hour", 1200), "what": Thing("disk"), "span": Span("hour", 493_848, 493_849),
    "place": reason("place", path="bill.csv", line="7"), "why": reason("unexplained"), "how": reason("repeated"),
}  # fmt: skip


@pytest.mark.parametrize("id", sorted(set(MESSAGES) - {"nothing"}))
def test_every_sentence_is_said_in_both_languages_and_in_english_as_on_the_terminal(id: str) -> None:
    blanks = {name: PARTS.get(name, "0.5") for name in re.findall(r"{(\w+)}", MESSAGES[id])}
    said = reason(id, **blanks)
    texts = {}
    for language in ("en", "zh"):
        formats = Formats(language, currency="CNY", places=2)
        texts[language] = sentence(said, Words(language, FOLDER), formats).striptags()
    assert texts["en"] == str(said)
    assert re.search("[\u4e00-\u9fff]", texts["zh"]) or id == "place"
    assert "{" not in texts["zh"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_thing_and_every_time_is_said(language: str) -> None:
    words, formats = Words(language, FOLDER), Formats(language, currency="CNY", places=2)
    parts: list[Part] = [Thing(family) for family in THINGS]
    parts += [Hours(grain, 2) for grain in GRAINS] + [Span(grain, 20_000, 20_001) for grain in GRAINS]
    assert all(sentence(part, words, formats).striptags() for part in parts)
    if language == "en":
        assert [sentence(part, words, formats).striptags() for part in parts] == [
            english(part) for part in parts
        ]


def test_the_report_has_a_section_where_a_bill_was_given() -> None:
    found = reconciliation(difference("price", "20"), difference("coupon", "-10"))
    assert 'id="reconciliation"' not in render_page(replace(full(), reconciliation=None), "en")
    page = render_page(replace(full(), reconciliation=found), "en")
    assert 'id="reconciliation"' in page
    assert "Compare the price with your agreement" in page
    assert 'value="110"' in page
    assert "核对单价" in render_page(replace(full(), reconciliation=found), "zh")


def test_names_are_harmless_and_nothing_is_let_in() -> None:
    found = reconciliation(*(difference("price", "1", name) for name in HOSTILE))
    page = render_reconciliation(replace(found, zones={HOSTILE[0]: 8}))
    assert "<script" not in page
    assert "onerror=alert(1)>" not in page
    assert "\u202e" not in page
    assert "default-src &#39;none&#39;" in page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_rows_that_can_not_be_read_say_why_in_the_report_s_language(language: str) -> None:
    rows = tuple(
        Quarantined("bill.csv", line, "", code, "<b>Cost</b>")
        for line, code in enumerate(UNREADABLE, start=2)
    )
    formats = Formats(language, currency="CNY", places=2)
    said = [
        str(why)
        for _, why in shown(replace(reconciliation(), quarantine=rows), formats, rows=5)["unread_rows"]
    ]
    assert len(said) == len(rows)
    assert "&lt;b&gt;Cost" in said[-1]
    for row, why in zip(rows, said, strict=True):
        assert row.code not in why
        assert (language == "zh") == bool(re.search("[\u4e00-\u9fff]", why))
    page = render_reconciliation(replace(reconciliation(), quarantine=rows[:3]), language)
    assert not any(row.code in page for row in rows)
