"""A held quantity written with its numbers: how `explain` shows an expression."""

from rules.charges.expression import (
    Column,
    Columns,
    Constant,
    Excess,
    Expression,
    Known,
    Times,
    Value,
    Values,
)
from rules.money import plain


def filled(node: Expression, columns: Columns, values: Values) -> str:
    """The expression as people would calculate it, each name followed by its number: "size_gib 40 × snapshot_copies 2"."""
    match node:
        case Constant(value):
            return str(value)
        case Column(name):
            found = node.evaluate(columns, values)
            return f"{name} {'not known' if found is None else plain(found)}"
        case Value(name):
            found = node.evaluate(columns, values)
            return f"{name} {'not known' if found is None else plain(found)}"
        case Known(first, otherwise):
            chosen = first if first.evaluate(columns, values) is not None else otherwise
            return filled(chosen, columns, values)
        case Excess(of, over):
            return f"max(0, {filled(of, columns, values)} − {filled(over, columns, values)})"
        case Times(size, count):
            return f"{filled(size, columns, values)} × {filled(count, columns, values)}"
    raise TypeError(f"no text for {node!r}")
