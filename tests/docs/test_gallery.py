"""The pictures of the documents: each is there, shown somewhere with a text for who can't see it, and all of them are small."""

import re
from pathlib import Path

import pytest
from PIL import Image

from tools.gallery import PRINTS, SCREENS, reduce

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
LARGEST = 1_500_000
"""Bytes of all pictures together."""


def test_every_picture_is_shown_with_a_text_and_is_there() -> None:
    shown = []
    for document in (ROOT / "README.md", ROOT / "docs" / "gallery.md"):
        for source, text in re.findall(
            r'<img src="([^"]+)"[^>]* alt="([^"]*)">', document.read_text(encoding="utf-8")
        ):
            assert text
            shown.append((document.parent / source).resolve())
    assert set(shown) == set(IMAGES.iterdir())
    assert {path.stem for path in IMAGES.glob("*.png")} == {row[0] for row in (*SCREENS, *PRINTS)}


def test_all_pictures_together_are_small() -> None:
    assert sum(path.stat().st_size for path in IMAGES.iterdir()) <= LARGEST


def test_a_picture_of_many_colours_becomes_one_of_few(tmp_path: Path) -> None:
    path = tmp_path / "many.png"
    Image.linear_gradient("L").convert("RGB").save(path)
    reduce(path)
    with Image.open(path) as picture:
        assert picture.mode == "P"
        assert picture.size == (256, 256)


def test_without_a_browser_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from tools.gallery import browser

    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match="no Chromium is installed"):
        browser()
