"""What a reader may rely on: short files and functions, a first sentence, exact numbers, no clock, no loose ends."""

import ast
import re
from collections.abc import Iterator

from tests.tidy.sources import BESIDE, PRODUCT, Module, below_root, modules, sql_files

FILE_LINES, FUNCTION_LINES = 400, 60

CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime"}
"""Calls that read the clock; the one allowed is the command line's. `time.monotonic` measures, and tells no time."""

INEXACT_SQL = re.compile(r"\b(DOUBLE|FLOAT[48]?|REAL)\b|\bavg\s*\(|(?<![/*])/(?![/*])", re.IGNORECASE)
INEXACT_TEXT = re.compile(r"\b(DOUBLE|FLOAT[48]?)\b")
LOOSE_ENDS = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")

MAY_USE_FLOATS = ("reports/charts.py",)
"""A picture's points are floats; no amount is read back from a picture."""


def test_files_have_one_job() -> None:
    long = [
        f"{module.path}: {lines} lines"
        for module in modules(PRODUCT + BESIDE)
        if (lines := module.text.count("\n")) > FILE_LINES
    ]
    assert not long, "\n".join(long)


def test_functions_fit_a_screen() -> None:
    long = [
        f"{module.path}:{function.lineno} {function.name}: {lines} lines"
        for module in modules(PRODUCT + BESIDE)
        for function in functions(module)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES
    ]
    assert not long, "\n".join(long)


def test_files_say_what_they_are_for() -> None:
    silent = [module.path for module in modules(PRODUCT + BESIDE) if not ast.get_docstring(module.tree)]
    silent += [below_root(path) for path in sql_files() if not path.read_text().startswith("--")]
    assert not silent, "\n".join(silent)


def test_public_functions_and_classes_say_what_they_give() -> None:
    silent = [
        f"{module.path}:{node.lineno} {node.name}"
        for module in modules()
        for node in public(module.tree)
        if not ast.get_docstring(node)
    ]
    assert not silent, "\n".join(silent)


def test_no_binary_float_is_near_money_or_quantities() -> None:
    found = []
    for module in modules():
        if module.path in MAY_USE_FLOATS:
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Name) and node.id == "float":
                found.append(f"{module.path}:{node.lineno} float")
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and INEXACT_TEXT.search(node.value)
            ):
                found.append(f"{module.path}:{node.lineno} an inexact SQL type")
    for path in sql_files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if INEXACT_SQL.search(line.partition("--")[0]):
                found.append(f"{below_root(path)}:{number} {line.strip()}")
    assert not found, "\n".join(found)


def test_only_the_command_line_reads_the_clock() -> None:
    found = [
        f"{module.path}:{node.lineno} {node.func.attr}"
        for module in modules()
        if module.layer != "billing/cli"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and reads_clock(node.func)
    ]
    assert not found, "\n".join(found)


def test_nothing_is_left_for_later() -> None:
    found = [
        f"{module.path}:{number} {line.strip()}"
        for module in modules()
        for number, line in enumerate(module.text.splitlines(), start=1)
        if LOOSE_ENDS.search(line)
    ]
    assert not found, "\n".join(found)


def reads_clock(call: ast.Attribute) -> bool:
    """Whether a called name is one of a module or class that tells the time."""
    of = call.value.attr if isinstance(call.value, ast.Attribute) else getattr(call.value, "id", "")
    return call.attr in CLOCKS and of in {"time", "datetime", "date", "pendulum"}


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a module, nested ones too."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def public(tree: ast.Module | ast.ClassDef) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """The functions and classes whose names don't begin with an underscore, and their methods.

    A method that a protocol or another library's base class asks for says nothing new.
    """
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if not any(
                isinstance(base, ast.Attribute) or ast.unparse(base) == "Protocol" for base in node.bases
            ):
                yield from public(node)
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node
