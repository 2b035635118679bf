"""The page in a real browser: hostile names run nothing and violate no policy, and its own script works."""

import shutil
import subprocess
from pathlib import Path

import pytest

from reports.page import render_page
from tests.reports.build import HOSTILE, full, line, metered, report

pytestmark = pytest.mark.slow

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def browsed(page: str, folder: Path, *options: str) -> tuple[str, list[str]]:
    """The document as it is when scripts have run, and what the browser's console says: violations stand there, too."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        pytest.skip("no Chromium is installed: the page is not tried in a browser")
    path = folder / "page.html"
    path.write_text(page, encoding="utf-8")
    command = [
        browser, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}",
        "--enable-logging=stderr", "--dump-dom", *options, path.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, check=True, timeout=120)
    said = [text for text in done.stderr.decode(errors="replace").splitlines() if "CONSOLE" in text]
    return done.stdout.decode(), said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_names_run_nothing_and_violate_nothing(language: str, tmp_path: Path) -> None:
    document, said = browsed(render_page(full(HOSTILE), language), tmp_path)
    assert said == []
    assert document.count("<script>") == 1
    assert "<img" not in document


def test_a_page_that_breaks_its_policy_is_noticed(tmp_path: Path) -> None:
    page = render_page(full(), "en").replace(
        "<main>", "<main><script>alert(1)</script><p style='color:red'>x</p>"
    )
    _, said = browsed(page, tmp_path)
    assert len([text for text in said if "Content Security Policy" in text]) >= 2


def test_tables_can_be_sorted_and_filtered_where_scripts_run(tmp_path: Path) -> None:
    lines = [line("usage.cache_disk", f"imc-{index:02}", 1_000_000 + index) for index in range(12)]
    page = render_page(report(metered(lines, caches={"charged": 12})), "en")
    assert "<button" not in page
    document, said = browsed(page, tmp_path)
    assert said == []
    assert '<button type="button">Total</button>' in document
    assert '<label class="filter">' in document
