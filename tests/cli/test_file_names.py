"""Names of files from other people's text: harmless ones stay, hostile ones stay in their folder and never share a file."""

import re
from pathlib import Path

import pytest

from billing.cli.report import default_paths
from billing.cli.report_all import tag_paths
from billing.file_names import LONGEST, harmless_part
from billing.pipeline import TagFilter

HARMLESS = ("1187730025518846", "acc-0", "a", "team_search", "x" * LONGEST)
HOSTILE = (
    *(
        "",
        ".",
        "..",
        "../../etc/passwd",
        "/etc/passwd",
        "C:\\boot.ini",
        "a/b",
        "a b",
        "a:b",
        "con.txt",
        "Search",
        "SEARCH",
    ),
    *(
        "a.zh",
        ".hidden",
        "~root",
        "a~b",
        "a+b",
        "*?",
        "$(id)",
        "`id`",
        "a\nb",
        "a\0b",
        "\x1b[31m",
        "\u202egnp.exe",
        "训练",
    ),
    *("训 练", "\ud800", "é", "e\u0301", "x" * (LONGEST + 1), "x" * 5000, "-rf!", "<script>"),
)


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_name_stays_as_it_is(text: str) -> None:
    assert harmless_part(text) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_is_made_harmless(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9_-]*~[0-9a-f]{16}", part := harmless_part(text))
    assert len(part) <= LONGEST


def test_no_two_texts_share_a_part() -> None:
    texts = {*HARMLESS, *HOSTILE}
    parts = {harmless_part(text) for text in texts}
    assert len(parts) == len(texts)
    assert len({part.lower() for part in parts}) == len(texts)
    assert not {harmless_part(part) for part in parts if "~" in part} & parts


def test_reports_of_accounts_and_tags_are_named_by_the_same_rule() -> None:
    folder = Path("reports")
    for text in (*HARMLESS, *HOSTILE):
        for language in ("en", "zh"):
            account = default_paths(folder, "2026-10", text, language)
            tag = tag_paths(folder, "2026-10", TagFilter("team", text), language)
            for path, between in ((account[0], "-"), (tag[0], "+team+")):
                assert path.parent == folder
                ending = ".html" if language == "en" else ".zh.html"
                assert path.name == f"imcost-2026-10{between}{harmless_part(text)}{ending}"
