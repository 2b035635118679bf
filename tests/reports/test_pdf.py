"""The PDF: what the page says, tagged, the same bytes every time, and nothing fetched for it."""

import importlib
import re
import shutil
import subprocess
import sys
import zlib
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

from billing import __version__
from reports.branding import Branding
from reports.errors import PdfEngineError
from reports.i18n import Words
from reports.page import MESSAGES, Look, render_for_print
from reports.pdf import font_advice, render_pdf
from tests.reports.build import HOSTILE, full, metered, report

FULL = full()

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301"
    "0100c9fe92ef0000000049454e44ae426082"
)


def minimal(body: str) -> str:
    return f"<!doctype html><html lang=en><title>t</title><body>{body}"


def uncompressed(pdf: bytes) -> bytes:
    """Everything that stands in the file's compressed streams."""
    streams = re.findall(rb"/FlateDecode.*?>>\nstream\n(.*?)\nendstream", pdf, re.DOTALL)
    return b"\n".join(zlib.decompress(stream) for stream in streams)


def text_of(pdf: bytes, folder: Path) -> str:
    """The PDF's text as a reader of it gets it."""
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    path = folder / "report.pdf"
    path.write_bytes(pdf)
    run = subprocess.run([tool, "-layout", path, "-"], capture_output=True, check=True)
    return run.stdout.decode()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_same_page_gives_the_same_bytes_and_says_what_the_bill_says(
    language: str, tmp_path: Path
) -> None:
    page = render_for_print(FULL, language)
    pdf = render_pdf(page).content
    assert render_pdf(page).content == pdf
    for mark in (b"/StructTreeRoot", b"/Outlines", b"/Lang", b"/ViewerPreferences"):
        assert mark in uncompressed(pdf)
    text = text_of(pdf, tmp_path)
    assert f"{FULL.settled.payable:,.2f}" in text
    assert f"{FULL.bill.total:,f}".rstrip("0") in text.replace("\u00a0", " ")
    assert ("Page 1 of " if language == "en" else "第 1 页，共 ") in text
    foot = Words(language, MESSAGES)("made_by", version=__version__).unescape()
    assert text.count(foot) == len(text.split("\f")) - 1


def test_a_foot_of_ones_own_stands_on_the_page_as_it_is(tmp_path: Path) -> None:
    look = Look(Branding("A & B", None, None, None, 'Only "us", (c) 2026: a\\b </style> é中 end'))
    text = text_of(render_pdf(render_for_print(report(metered([])), "en", look)).content, tmp_path)
    assert 'Only "us", (c) 2026: a\\b </style> é中 end' in text


def test_hostile_names_make_no_trouble() -> None:
    assert render_pdf(render_for_print(full(HOSTILE), "en")).content.startswith(b"%PDF-1.7")


def test_nothing_is_fetched(tmp_path: Path) -> None:
    image = tmp_path / "pixel.png"
    image.write_bytes(PIXEL)
    assert b"/Image" not in render_pdf(minimal(f'<img alt=x src="{image.as_uri()}">')).content
    assert b"/Image" not in render_pdf(minimal('<img alt=x src="http://127.0.0.1:9/pixel.png">')).content


def test_characters_without_a_font_are_named_with_the_package_that_has_them() -> None:
    missing = render_pdf(minimal("\U0010fffd")).missing_glyphs
    assert missing == "\U0010fffd"
    assert font_advice("") is None
    assert font_advice("中") == (
        "no installed font has 1 of the PDF's characters (U+4E2D first): install fonts-wqy-microhei or fonts-noto-cjk"
    )
    advice = font_advice("\U0001f680")
    assert advice is not None
    assert "fonts-noto-color-emoji" in advice


class WithoutPango:
    """An import system in which WeasyPrint can't load Pango."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return None


def test_without_pango_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [
        name for name in sys.modules if name.partition(".")[0] == "weasyprint" or name == "reports.pdf"
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [WithoutPango(), *sys.meta_path])
    with pytest.raises(PdfEngineError, match=r"apt install .* brew install pango"):
        importlib.import_module("reports.pdf")
