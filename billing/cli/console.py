"""How text reaches a terminal: rich consoles, and names from other people made harmless before they are printed."""

from __future__ import annotations

import os
import sys
import unicodedata
from typing import TYPE_CHECKING, Literal, TextIO

if TYPE_CHECKING:
    from rich.console import Console

UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories that move the cursor, hide or reorder text, or break a line."""


PIPE_WIDTH = 200
"""The width of what goes into a file or pipe, where nothing says how wide it will be shown."""


def clean(text: str) -> str:
    """The text on one line, with control, direction and line-breaking characters written as escapes (`\\x1b`)."""
    return "".join(_escaped(char) if unicodedata.category(char) in UNPRINTABLE else char for char in text)


def safe(text: str) -> str:
    """The cleaned text for a rich table or sentence: square brackets in it are no markup."""
    from rich.markup import escape

    return escape(clean(text))


def stdout_console() -> Console:
    """The console for results; plain text where stdout is no terminal or NO_COLOR is set."""
    return _console(sys.stdout, width=None if sys.stdout.isatty() else PIPE_WIDTH)


def stderr_console() -> Console:
    """The console for progress; it shows nothing where stderr is no terminal."""
    return _console(sys.stderr, quiet=not sys.stderr.isatty())


def width() -> int:
    """How many columns there are for results."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else PIPE_WIDTH


def say(text: str) -> None:
    """Print one line on stderr, cleaned."""
    sys.stderr.write(clean(text) + "\n")
    sys.stderr.flush()


def _console(file: TextIO, *, quiet: bool = False, width: int | None = None) -> Console:
    from rich.console import Console

    colors: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    return Console(file=file, highlight=False, emoji=False, quiet=quiet, width=width, color_system=colors)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
