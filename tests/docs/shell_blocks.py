"""The shell sessions of a document: every command that it shows, and what it says that the command prints."""

import re
from dataclasses import dataclass
from pathlib import Path

PROMPT, CONTINUED = "$ ", "> "
ANYTHING = "…"
"""In an expected line: any text. A line of its own: any lines, or none."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command with its line in the document, and the lines that it should print; empty: not said."""

    line: int
    command: str
    expected: tuple[str, ...]

    def prints(self, output: str) -> bool:
        """Whether the output is what the document shows. Trailing spaces don't count."""
        lines = "".join(f"{line.rstrip()}\n" for line in output.splitlines())
        return re.fullmatch("".join(map(_pattern, self.expected)), lines) is not None


def steps(document: Path) -> list[Step]:
    """The commands in a document's `console` blocks, in order."""
    found: list[Step] = []
    inside = False
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("```"):
            inside = line == "```console"
        elif inside and line.startswith(PROMPT):
            found.append(Step(number, line.removeprefix(PROMPT), ()))
        elif inside and line.startswith(CONTINUED) and not found[-1].expected:
            last = found[-1]
            found[-1] = Step(last.line, f"{last.command}\n{line.removeprefix(CONTINUED)}", ())
        elif inside:
            last = found[-1]
            found[-1] = Step(last.line, last.command, (*last.expected, line))
    return found


def _pattern(line: str) -> str:
    if line.strip() == ANYTHING:
        return r"(?:.*\n)*"
    return "[^\n]*".join(map(re.escape, line.rstrip().split(ANYTHING))) + "\n"
