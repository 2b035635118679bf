"""The gallery of docs/gallery.md: one report as a browser and a printer show it, of a large and of a small month.

Needs Chromium, and pdftoppm, which Debian has in poppler-utils and Homebrew in poppler.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from PIL import Image

COLOURS = 64
"""What a picture is reduced to, so that all of them together stay small."""

PRINT_DPI = 96
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

SMALL_CACHES = """\
cache_id,creation_method,size_gib,snapshot_gib,created_at,ready_at,deleted_at
imc-example,manual,40,2,2026-10-05T09:55:00+08:00,2026-10-05T10:00:00+08:00,2026-10-08T10:00:00+08:00
"""
SMALL_INSTANCES = """\
instance_id,cache_id,vcpu,memory_gib,started_at,ended_at
eci-example,imc-example,2,4,2026-10-05T12:00:00+08:00,2026-10-05T15:00:00+08:00
"""
"""The small month: the README's own example, one cache from which one instance ran."""


class Window(NamedTuple):
    """A browser's window: its size in CSS pixels, and whether the screen is dark."""

    width: int
    height: int
    dark: bool = False


DESK = Window(1060, 1400)
DARK = DESK._replace(dark=True)
PHONE = Window(500, 1100)

SCREENS = (
    ("screen-en", "large", "en", DESK),
    ("screen-dark-en", "large", "en", DARK),
    ("screen-dark-zh", "large", "zh", DARK),
    ("phone-zh", "large", "zh", PHONE),
    ("small-en", "small", "en", DESK),
    ("small-dark-zh", "small", "zh", DARK),
)
"""Picture, month, language and window of what browsers show."""

PRINTS = (
    ("report", "large", "en", 1),
    ("print-charges-en", "large", "en", 4),
    ("print-lives-zh", "large", "zh", 6),
    ("print-zh", "large", "zh", 1),
    ("print-small-en", "small", "en", 1),
)
"""Picture, month, language and page of what is printed."""


def browser() -> str:
    """The browser that takes the pictures; none is the end."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        sys.exit("error: no Chromium is installed, which shows the pages (Debian: apt install chromium)")
    return found


def photograph(page: Path, window: Window, picture: Path) -> None:
    """The upper part of a page as a window shows it."""
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser(), "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            f"--user-data-dir={profile}", f"--window-size={window.width},{window.height}",
            f"--blink-settings=preferredColorScheme={0 if window.dark else 1}",
            f"--screenshot={picture}", page.resolve().as_uri(),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    reduce(picture)


def printed(pdf: Path, page: int, picture: Path) -> None:
    """A page of a PDF."""
    command = [
        "pdftoppm", "-png", "-singlefile", "-r", str(PRINT_DPI), "-f", str(page), "-l", str(page),
        str(pdf), str(picture.with_suffix("")),
    ]  # fmt: skip
    subprocess.run(command, check=True)
    reduce(picture)


def reduce(picture: Path) -> None:
    """Save it anew in few colours."""
    with Image.open(picture) as opened:
        few = opened.convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(picture, optimize=True)
