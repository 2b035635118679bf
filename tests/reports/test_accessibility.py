"""axe-core in headless Chromium finds nothing to mend in the page: neither light nor dark, nor in either language."""

import json
import re
from html import unescape
from importlib.util import find_spec
from pathlib import Path

import pytest

from reports.branding import Branding, lightened
from reports.page import Look, render_page
from tests.reports.build import full
from tests.reports.test_browser import browsed

pytestmark = pytest.mark.slow

RUN = """
axe.run(document, {resultTypes: ["violations"]}).then((found) => {
  const said = found.violations.map((each) => [each.id, each.help, each.nodes.map((node) => node.html.slice(0, 200))]);
  const result = JSON.stringify({passes: found.passes.length, violations: said});
  document.documentElement.setAttribute("data-axe", result);
});
"""


def axe() -> str:
    """The program, as a package of Python carries it."""
    found = find_spec("axe_core_python")
    if found is None or found.origin is None:
        pytest.skip("axe-core-python is not installed: run tools/setup")
    return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def violations(page: str, folder: Path) -> list[object]:
    """What axe finds in a page; the page's policy, which would stop axe as well, is left out for it."""
    open_page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    scripts = f"<script>{axe()}</script><script>{RUN}</script></body>"
    document, _ = browsed(open_page.replace("</body>", scripts), folder, "--virtual-time-budget=60000")
    said = re.search(r'<html[^>]* data-axe="([^"]*)"', document)
    assert said is not None, "axe did not run to its end"
    found = json.loads(unescape(said[1]))
    assert found["passes"] > 10
    return list(found["violations"])


@pytest.mark.parametrize(("language", "dark"), [("en", False), ("zh", False), ("en", True)])
def test_the_page_has_no_violation(language: str, dark: bool, tmp_path: Path) -> None:
    look = Look(Branding("Example", None, "#7a1fa2", lightened("#7a1fa2"), "Internal"))
    page = render_page(full(), language, look)
    if dark:
        page = page.replace("(prefers-color-scheme: dark)", "(min-width: 0)").replace(
            "(prefers-color-scheme:dark)", "(min-width:0)"
        )
    assert violations(page, tmp_path) == []


def test_a_page_that_leaves_someone_out_is_noticed(tmp_path: Path) -> None:
    page = render_page(full(), "en").replace("<main>", '<main><img src="data:image/png;base64,"><input>')
    found = violations(page, tmp_path)
    assert {str(each[0]) for each in found if isinstance(each, list)} >= {"image-alt", "label"}
