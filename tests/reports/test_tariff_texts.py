"""Texts of the shipped tariffs: each has a message in every language but its own; a user's own stand as written."""

from dataclasses import replace

import pytest
from markupsafe import escape

from reports.i18n import LANGUAGES
from reports.page import render_page
from reports.tariff_texts import FOLDER, WRITTEN_IN, tariff_text
from rules.tariff import load, shipped
from tests.reports.build import full
from tests.reports.test_messages import catalogue, texts

TRANSLATED = sorted(set(LANGUAGES) - {WRITTEN_IN})


def shown_texts() -> set[str]:
    """Every text for people in the shipped tariffs; a day or month as it was read is none."""
    found = set()
    for name in shipped():
        tariff = load(name)
        found |= {tariff.title}
        for entry in tariff.entries:
            found |= {entry.source, entry.note}
            found |= {entry.read} if any(char.isalpha() for char in entry.read) else set()
    return found - {""}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_of_a_shipped_tariff_has_a_message_and_none_is_left_over(language: str) -> None:
    messages = {str(message.id): texts(message) for message in catalogue(FOLDER, language) if message.id}
    assert messages.keys() == shown_texts()
    assert all(text and all(text) for text in messages.values())


@pytest.mark.parametrize("name", shipped())
def test_shipped_texts_are_translated_and_a_users_own_are_not(name: str) -> None:
    tariff = load(name)
    for text in (tariff.title, *(entry.source for entry in tariff.entries)):
        assert tariff_text(text, name, "en") == text
        assert tariff_text(text, name, "zh") != text
        assert tariff_text(text, "ours", "zh") == text
    assert tariff_text("Nobody wrote this", name, "zh") == "Nobody wrote this"
    assert tariff_text("2026-11", name, "zh") == "2026-11"
    assert tariff_text("", name, "zh") == ""


def test_a_chinese_report_shows_no_english_text_of_a_shipped_tariff() -> None:
    data = full()
    page = render_page(data, "zh")
    tariff = data.bill.tariff
    assert tariff.id in shipped()
    sources = {used.rate.source for used in data.rates}
    assert sources
    for text in {tariff.title, *sources}:
        assert escape(text) not in page
        assert escape(tariff_text(text, tariff.id, "zh")) in page
    own = replace(data, bill=replace(data.bill, tariff=replace(tariff, id="ours")))
    assert escape(tariff.title) in render_page(own, "zh")
