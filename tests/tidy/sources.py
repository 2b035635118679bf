"""The project's own source files, read and parsed once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("rules", "billing", "reports")
BESIDE = ("tests", "tools", "benchmarks")


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file: its path below the root with slashes, its text and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def layer(self) -> str:
        """The top folder that it stands in; the command line is a layer of its own."""
        return "billing/cli" if self.path.startswith("billing/cli/") else self.path.split("/")[0]

    def imports(self) -> Iterator[tuple[str, int]]:
        """The dotted name of every module or name that is imported, wherever in the file, and its line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.path}:{node.lineno}: a relative import"
                yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


@cache
def modules(folders: tuple[str, ...] = PRODUCT) -> tuple[Module, ...]:
    """Every Python file below the folders."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(_module(path) for path in paths)


def sql_files() -> list[Path]:
    """Every SQL file of the product."""
    return sorted(path for folder in PRODUCT for path in (ROOT / folder).rglob("*.sql"))


def below_root(path: Path) -> str:
    """A path as people name it."""
    return path.relative_to(ROOT).as_posix()


def _module(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    return Module(below_root(path), text, ast.parse(text))
