"""Renders what the documents show, from the program itself: the page about the charges, and all pictures.

`make docs` runs it. Needs what the gallery needs.
"""

import os
import pty
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from rules.charges.page import page
from tools.gallery import PRINTS, SCREENS, SMALL_CACHES, SMALL_INSTANCES, browser, photograph, printed

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
AS_OF = "2026-11-15T09:30:00+08:00"
COLUMNS = 100

SHOWN = "charges 2026-10 --by tag:team"
"""The command whose terminal is shown, in the demo's workspace."""

SVG = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="A terminal">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-family: ui-sans-serif, system-ui, sans-serif; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}<g class="{unique_id}-matrix">
{matrix}</g>
</g>
</svg>
"""
"""Rich's own template without its web font: nothing is fetched to look at a picture."""


def main() -> None:
    """Render everything anew."""
    if shutil.which("pdftoppm") is None:
        sys.exit("error: pdftoppm is missing: install poppler-utils (Debian, Ubuntu) or poppler (Homebrew)")
    browser()
    (ROOT / "docs" / "charges.md").write_text(page(), encoding="utf-8")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "imcost-demo"
        on_terminal(f"demo {workspace}")
        draw_terminal(f"$ imcost {SHOWN}", on_terminal(f"--workspace {workspace} {SHOWN}"))
        draw_reports({"large": workspace, "small": small(Path(folder))}, Path(folder))


def on_terminal(command: str) -> str:
    """What a command prints on a terminal, but for its warnings."""
    program = [sys.executable, "-m", "billing.cli", "--as-of", AS_OF, *command.split()]
    environment = {**os.environ, "COLUMNS": str(COLUMNS), "TERM": "xterm-256color"}
    mine, its = pty.openpty()
    with subprocess.Popen(
        program, stdout=its, stderr=subprocess.DEVNULL, env=environment, cwd=ROOT
    ) as running:
        os.close(its)
        output = b"".join(iter(lambda: _read(mine), b"")).decode().replace("\r\n", "\n")
        os.close(mine)
    if running.returncode:
        sys.exit(f"error: imcost {command} ended with {running.returncode}:\n{output}")
    return output


def _read(descriptor: int) -> bytes:
    """The next bytes of a terminal; none where nobody writes to it any more, which Linux calls an error."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


def draw_terminal(prompt: str, output: str) -> None:
    """A picture of a terminal with a command and what it printed."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True, highlight=False)
        console.print(f"[bold]{prompt}[/bold]")
        console.print(Text.from_ansi(output))
    console.save_svg(str(IMAGES / "terminal.svg"), title="imcost", code_format=SVG, unique_id="imcost")


def draw_reports(workspaces: dict[str, Path], folder: Path) -> None:
    """The pictures of reports: in both languages, on screens and printed."""
    pages = {(month, language) for _, month, language, _ in (*SCREENS, *PRINTS)}
    for month, language in sorted(pages):
        path = folder / f"{month}-{language}"
        files = f"--html {path}.html --pdf {path}.pdf"
        on_terminal(f"--workspace {workspaces[month]} report 2026-10 --lang {language} {files}")
    for name, month, language, window in SCREENS:
        photograph(folder / f"{month}-{language}.html", window, IMAGES / f"{name}.png")
    for name, month, language, number in PRINTS:
        printed(folder / f"{month}-{language}.pdf", number, IMAGES / f"{name}.png")


def small(folder: Path) -> Path:
    """A workspace of one cache and one instance."""
    workspace = folder / "small"
    on_terminal(f"init {workspace} --tariff alibaba-intl")
    for name, content in (("caches.csv", SMALL_CACHES), ("instances.csv", SMALL_INSTANCES)):
        (folder / name).write_text(content, encoding="utf-8")
        on_terminal(f"--workspace {workspace} import {folder / name} --account demo --region cn-hangzhou")
    return workspace


if __name__ == "__main__":
    main()
