"""Messages: every language has every message, nothing is missing, nothing is left over."""

import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from billing.findings import COST_KINDS, SAVING_KINDS
from billing.lives import End
from billing.reconciling.sources import UNREADABLE
from reports.errors import MessageError
from reports.i18n import HERE, LANGUAGES, Words
from reports.sections import FOLDER, SECTIONS
from reports.sections.glossary import WORDS
from rules.charges import CHARGES, RATE_UNITS
from rules.money import SETTLEMENT_RULES
from rules.quota import QUOTAS
from rules.source import TRUST

SHARED = HERE / "messages"
FOLDERS = [
    SHARED,
    HERE / "reconciliation",
    HERE / "mailing",
    HERE / "explanations",
    *(FOLDER / name for name in SECTIONS),
]
QUOTED = re.compile(r"""["']([a-z][A-Za-z0-9_-]*)["']""")
ASKED = re.compile(r"""\bt(?:\.count)?\(["']([a-z][A-Za-z0-9_-]*)["'][,)]""")


def catalogue(folder: Path, language: str) -> Catalog:
    with (folder / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def texts(message: Message) -> list[str]:
    """The message's text, or its texts where it has plural forms."""
    if isinstance(message.string, str):
        return [message.string]
    return list(message.string or ())


def ids(folder: Path, language: str) -> set[str]:
    found = catalogue(folder, language)
    return {message.id if isinstance(message.id, str) else message.id[0] for message in found if message.id}


def sources(folder: Path) -> list[str]:
    """The text of everything that may ask for the folder's messages."""
    files = HERE.rglob("*") if folder == SHARED else folder.iterdir()
    return [path.read_text(encoding="utf-8") for path in files if path.suffix in (".py", ".html")]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_language_has_the_same_messages_with_the_same_blanks(folder: Path) -> None:
    blanks = {}
    for language in LANGUAGES:
        blanks[language] = {
            str(message.id): {
                field
                for text in texts(message)
                for _, field, _, _ in Formatter().parse(text)
                if field is not None
            }
            for message in catalogue(folder, language)
            if message.id
        }
    assert blanks["zh"] == blanks["en"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_empty(folder: Path, language: str) -> None:
    for message in catalogue(folder, language):
        if message.id:
            assert texts(message), message.id
            assert all(texts(message)), message.id


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_message_is_left_over(folder: Path) -> None:
    quoted = {found for text in sources(folder) for found in QUOTED.findall(text)} | {"title"}
    beginnings = tuple(found for found in quoted if found.endswith("_"))
    assert {
        id for id in ids(folder, "en") if id not in quoted and not id.startswith(beginnings or "\0")
    } == set()


@pytest.mark.parametrize("name", SECTIONS)
def test_every_message_that_a_section_asks_for_is_there(name: str) -> None:
    own = set(ASKED.findall("".join(sources(FOLDER / name))))
    assert own <= ids(FOLDER / name, "en") | ids(SHARED, "en")
    assert "title" in ids(FOLDER / name, "en")


def test_messages_made_of_two_parts_are_complete() -> None:
    units = {declared.unit for declared in CHARGES} | {declared.time for declared in CHARGES}
    per = {f"{held}-{time}" for held in ("vCPU", "GiB") for time in ("second", "hour", "month")}
    assert {f"unit_{unit}" for unit in units | per | set(RATE_UNITS.values())} <= ids(SHARED, "en")
    assert {f"trust_{trust}" for trust in TRUST} <= ids(FOLDER / "tariff", "en")
    values = {name for declared in CHARGES for name in declared.held.values()}
    assert {f"value_{name}" for name in values} <= ids(FOLDER / "tariff", "en")
    assert {f"kind_{declared.id}" for declared in QUOTAS} <= ids(FOLDER / "quotas", "en")
    for kind in COST_KINDS:
        assert {f"costs_{kind}", f"means_{kind}"} <= ids(FOLDER / "findings", "en")
    assert {f"saves_{kind}" for kind in SAVING_KINDS} <= ids(FOLDER / "findings", "en")
    assert {f"end_{end}" for end in get_args(End) if end != "kept"} <= ids(FOLDER / "cache_lives", "en")
    for word in WORDS:
        assert {f"word_{word}", f"means_{word}"} <= ids(FOLDER / "glossary", "en")
    assert {f"unread_{code}" for code in UNREADABLE} <= ids(HERE / "reconciliation", "en")
    for rule in SETTLEMENT_RULES:
        assert f"settlement_{rule}" in ids(FOLDER / "tariff", "en")
        assert f"adjustment_{rule}" in ids(FOLDER / "summary", "en")
        assert f"payable_is_{rule}" in ids(FOLDER / "reading", "en")


def test_every_charge_has_a_title_in_every_language() -> None:
    assert all(declared.title.get(language) for declared in CHARGES for language in LANGUAGES)


def test_an_unknown_message_is_an_error_and_never_its_own_text() -> None:
    words = Words("en", FOLDER / "summary")
    with pytest.raises(MessageError):
        words("no_such_message")
    with pytest.raises(MessageError):
        words.count("no_such_message", 2)


def test_what_is_filled_into_a_message_is_escaped() -> None:
    words = Words("en", FOLDER / "summary")
    assert words("against", month="<script>") == "Against &lt;script&gt;"
