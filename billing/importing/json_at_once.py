"""JSON lines read by DuckDB at once, where it reads them without loss.

DuckDB reads JSON numbers as binary floats, takes NaN and surplus commas, and gives the first of two values of one key. So every
line is looked at first: if none has a number of many digits or with an exponent, nothing that is no JSON, no key twice and no
text column that holds something else, reading at once says exactly what reading line by line would say.
"""

import re
from collections.abc import Collection, Sequence

from billing.importing.columns import InputColumn
from billing.importing.inputs import Input
from billing.importing.rejection import MOST_ROW_BYTES
from billing.importing.sql_text import quoted
from billing.warehouse import UnreadableData, connect, reading_files, text_literal

LARGE = 1 << 20
"""Bytes from which looking at every line first pays."""

MOST_SHAPES = 1000
"""Different lists of keys that a file may have; generated files have one, or a few."""

LOSSY = (
    r"[:\[,]\s*("
    r"-?[0-9.]{16,}"  # digits beyond a binary float
    r"|-?[0-9]*[.][0-9]{7,}"  # more decimals than a size may have, even if they are zeros
    r"|-?[0-9.]+[eE]"  # an exponent
    r"|[Nn][Aa][Nn]|-?[Ii][Nn][Ff]"  # no JSON, but read
    r")|,\s*[}\]]"  # a surplus comma
    r"|\\u[dD][89a-fA-F]"  # halves of characters
)
"""Found in a line, it may not be read as it stands; found in a text, it only costs time."""

MOST_BRACKETS = 100
"""A line with more may be nested deeper than is read line by line."""

UNIT_SEPARATOR = "\x1f"
"""A character that JSON text can't have: what reads lines as CSV needs a delimiter."""


def columns_at_once(file: Input, columns: Collection[InputColumn]) -> Sequence[str] | None:
    """The keys of a file's lines where it can be read at once, None where it can't or need not be."""
    if file.size < LARGE:
        return None
    texts = "|".join(re.escape(column.name) for column in columns if column.type == "text")
    other = rf'"(?:{texts})"\s*:\s*[tf\[{{]'
    brackets = "strlen(text) - strlen(replace(replace(text, '[', ''), '{', ''))"
    query = (
        f"SELECT keys, sum(rows), bool_or(odd) FROM (SELECT"
        f" CASE WHEN json_valid(text) AND json_type(text) = 'OBJECT' THEN json_keys(text) END AS keys, 1 AS rows,"
        f" regexp_matches(text, {text_literal(LOSSY)}) OR regexp_matches(text, {text_literal(other)})"
        f" OR {brackets} > {MOST_BRACKETS} AS odd"
        f" FROM {_lines(file)} WHERE text IS NOT NULL) GROUP BY keys LIMIT {MOST_SHAPES + 1}"
    )
    try:
        with connect() as connection, reading_files():
            shapes = connection.execute(query).fetchall()
    except UnreadableData:
        return None
    if len(shapes) > MOST_SHAPES or sum(rows for _, rows, _ in shapes) != file.lines:
        return None
    if any(odd or not keys or len(set(keys)) < len(keys) for keys, _, odd in shapes):
        return None
    return list(dict.fromkeys(key for keys, _, _ in shapes for key in keys))


def relation_at_once(file: Input, columns: Sequence[str]) -> str:
    """What SQL selects the lines' values from, all as text, in the order of the lines."""
    shape = "{" + ", ".join(f'"{name}": "VARCHAR"' for name in columns) + "}"
    values = ", ".join(f"record.{quoted(name)} AS {quoted(name)}" for name in columns)
    return (
        f"(SELECT {values} FROM (SELECT json_transform(text, {text_literal(shape)}) AS record"
        f" FROM {_lines(file)} WHERE text IS NOT NULL))"
    )


def _lines(file: Input) -> str:
    return (
        f"read_csv({text_literal(str(file.file))}, header = false, auto_detect = false, quote = '', escape = '',"
        f" delim = '{UNIT_SEPARATOR}', max_line_size = {MOST_ROW_BYTES}, columns = {{'text': 'VARCHAR'}})"
    )
