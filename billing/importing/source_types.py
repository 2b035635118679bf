"""How a source column becomes a typed value: the SQL for each type of column and each type that a file can deliver.

Text is checked by its form before it is cast, because casts are too kind: they round decimals, take times without an offset,
and accept 1e5, infinity and blanks. What a Parquet file delivers typed stays typed; binary floats are read by their shortest
decimal text. Every function takes the SQL of a source value that is null where the file has nothing.
"""

from collections.abc import Callable
from typing import NamedTuple

from billing.importing.columns import EARLIEST, LATEST, MOST_DECIMALS, MOST_IMAGES, MOST_TAGS, InputColumn
from billing.importing.sql_text import instant_literal

_BLANK = "[ \\t\\n\\v\\f\\r]*"
NUMBER = rf"{_BLANK}-?[0-9]+([.][0-9]+)?{_BLANK}"
NUMBER_EXACT = rf"{_BLANK}-?[0-9]+([.][0-9]{{1,{MOST_DECIMALS}}})?{_BLANK}"
INTEGER = rf"{_BLANK}-?[0-9]+{_BLANK}"
_DATE = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
_CLOCK = "([01]?[0-9]|2[0-3]):[0-5]?[0-9]"
TIME = rf"{_BLANK}{_DATE}[T ]{_CLOCK}:[0-5]?[0-9]([.][0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9]){_BLANK}"
NAIVE_TIME = rf"{_BLANK}{_DATE}([Tt ]{_CLOCK}(:[0-5]?[0-9]([.][0-9]+)?)?)?{_BLANK}"
"""Forms of text values. Blanks around a value don't matter, nor do leading zeros; signs, exponents and the like do."""

UTC_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
UTC_TIMESTAMP = "TIMESTAMP READ AS UTC"
"""The form in which most times come, and the type of a column that DuckDB's reader took in this form alone."""

INTEGER_TYPES = frozenset(
    {
        "TINYINT",
        "SMALLINT",
        "INTEGER",
        "BIGINT",
        "HUGEINT",
        "UTINYINT",
        "USMALLINT",
        "UINTEGER",
        "UBIGINT",
        "UHUGEINT",
    }
)
NAIVE_TYPES = frozenset({"DATE", "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"})
NOT_NUMBERS = frozenset({"BLOB", "BOOLEAN", "UUID", "BIT", "INTERVAL", "TIME", "JSON"})
"""The plain types that can't hold a number; what is left beside these are integers, decimals and binary floats."""

Check = tuple[str, str]
"""A condition in SQL and the code of the rejection that it means."""


class Typed(NamedTuple):
    """The SQL of a typed value, null where the source value is unusable, and what can be wrong with it.

    `unusable` tells why a source value came to nothing: conditions on the source value, the first that holds being told.
    `refused` are conditions on the typed value, which they call `{value}`.
    """

    value: str
    unusable: tuple[Check, ...] = ()
    refused: tuple[Check, ...] = ()


def typed(column: InputColumn, source: str, type_: str) -> Typed | None:
    """The SQL that types a source value of the DuckDB type `type_`; None where a column of that type can't be read at all."""
    return _BY_TYPE[column.type](source, type_, column)


def stored_value(column: InputColumn, value: str, *, keep_empty: bool) -> str:
    """The SQL that brings a typed value into the store's form; null where it is out of bounds (the row is rejected then).

    No tags at all are null; with `keep_empty` they stay an empty object, which says that there are none.
    """
    if column.type == "decimal":
        within = f"{value} BETWEEN {column.low or column.above} AND {column.high}"
        return f"CASE WHEN {within} THEN CAST({value} * CAST(1000000 AS DECIMAL(7, 0)) AS BIGINT) END"
    if column.type == "images":
        return f"CASE WHEN json_array_length({value}) > 0 THEN CAST(json({value}) AS VARCHAR) END"
    if column.type == "tags":
        keys = f"json_keys({value})"
        pairs = f"list_sort(list_zip({keys}, json_extract({value}, '$.*')))"
        written = f"array_to_string(list_transform({pairs}, lambda x: to_json(x[1]) || ':' || x[2]), ',')"
        in_order = f"{keys} = list_sort({keys})"
        sorted_ = (
            f"CASE WHEN {in_order} THEN CAST(json({value}) AS VARCHAR) ELSE '{{' || {written} || '}}' END"
        )
        return sorted_ if keep_empty else f"CASE WHEN len({keys}) > 0 THEN {sorted_} END"
    return value


def _text(source: str, type_: str, column: InputColumn) -> Typed | None:
    if type_ in INTEGER_TYPES or type_ == "UUID" or type_.startswith("ENUM"):
        return Typed(f"CAST({source} AS VARCHAR)")
    if type_ != "VARCHAR":
        return None
    return Typed(source, refused=(("contains({value}, chr(0))", "bad_text"),))


def _choice(source: str, type_: str, column: InputColumn) -> Typed | None:
    if type_ != "VARCHAR" and not type_.startswith("ENUM"):
        return None
    text = f"CAST({source} AS VARCHAR)"
    known = ", ".join(f"'{choice}'" for choice in (*column.choices, ""))
    return Typed(f"CASE WHEN {text} IN ({known}) THEN {text} END", unusable=(("true", "bad_choice"),))


def _decimal(source: str, type_: str, column: InputColumn) -> Typed | None:
    exact = f"TRY_CAST({source} AS DECIMAL(18, {MOST_DECIMALS}))"
    too_large, outside = ("true", "out_of_range"), (_outside(column), "out_of_range")
    if type_ in INTEGER_TYPES:
        return Typed(exact, unusable=(too_large,), refused=(outside,))
    if type_.startswith("DECIMAL"):
        precise = () if column.rounded else ((f"{{value}} <> {source}", "too_precise"),)
        return Typed(exact, unusable=(too_large,), refused=(*precise, outside))
    text = _number_text(source, type_)
    if text is None:
        return None
    taken = NUMBER if column.rounded else NUMBER_EXACT
    unusable = (
        (f"NOT regexp_full_match({text}, '{NUMBER}')", "bad_number"),
        (f"NOT regexp_full_match({text}, '{taken}')", "too_precise"),
        too_large,
    )
    value = f"CASE WHEN regexp_full_match({text}, '{taken}') THEN {exact.replace(source, text)} END"
    return Typed(value, unusable, refused=(outside,))


def _integer(source: str, type_: str, column: InputColumn) -> Typed | None:
    too_large, outside = ("true", "out_of_range"), (_outside(column), "out_of_range")
    if type_ in INTEGER_TYPES:
        return Typed(f"TRY_CAST({source} AS BIGINT)", unusable=(too_large,), refused=(outside,))
    text = _number_text(source, type_)
    if text is None:
        return None
    unusable = ((f"NOT regexp_full_match({text}, '{INTEGER}')", "bad_integer"), too_large)
    value = f"CASE WHEN regexp_full_match({text}, '{INTEGER}') THEN TRY_CAST({text} AS BIGINT) END"
    return Typed(value, unusable, refused=(outside,))


def _boolean(source: str, type_: str, column: InputColumn) -> Typed | None:
    if type_ == "BOOLEAN":
        return Typed(source)
    if type_ != "VARCHAR":
        return None
    value = f"CASE lower(trim({source})) WHEN 'true' THEN true WHEN 'false' THEN false END"
    return Typed(value, unusable=(("true", "bad_boolean"),))


def _time(source: str, type_: str, column: InputColumn) -> Typed | None:
    bad = ("true", "bad_time")
    outside = (
        f"{{value}} NOT BETWEEN {instant_literal(EARLIEST)} AND {instant_literal(LATEST)}",
        "time_out_of_range",
    )
    if type_ == "TIMESTAMP WITH TIME ZONE":
        finite = f"CASE WHEN isfinite({source}) THEN make_timestamp(epoch_us({source})) END"
        return Typed(finite, unusable=(bad,), refused=(outside,))
    if type_ == "TIMESTAMPTZ_NS":
        # Casting to microseconds would round up into the next second: cut off instead.
        return Typed(f"make_timestamp(epoch_ns({source}) // 1000)", unusable=(bad,), refused=(outside,))
    if type_ == UTC_TIMESTAMP:
        return Typed(source, refused=(outside,))
    if type_ in NAIVE_TYPES:
        return Typed("CAST(NULL AS TIMESTAMP)", unusable=(("true", "naive_time"),))
    if type_ != "VARCHAR":
        return None
    instant = f"make_timestamp(epoch_us(TRY_CAST({source} AS TIMESTAMP WITH TIME ZONE)))"
    raised = instant.replace(source, f"upper({source})")
    value = (
        f"CASE WHEN regexp_full_match({source}, '{TIME}') THEN {instant}"
        f" WHEN regexp_full_match({source}, '(?i){TIME}') THEN {raised} END"
    )
    return Typed(
        value, ((f"regexp_full_match({source}, '{NAIVE_TIME}')", "naive_time"), bad), refused=(outside,)
    )


def _images(source: str, type_: str, column: InputColumn) -> Typed | None:
    if type_ == "VARCHAR[]":
        json = f"to_json({source})"
    elif type_ in ("VARCHAR", "JSON"):
        json = f"TRY_CAST({source} AS JSON)"
    else:
        return None
    value = f"CASE WHEN json_type({json}) = 'ARRAY' AND {_all_text(json, '$[*]')} THEN {json} END"
    refused = (
        (f"json_array_length({{value}}) > {MOST_IMAGES}", "too_many_images"),
        (_has_nul("json_extract_string({value}, '$[*]')"), "bad_images"),
    )
    return Typed(value, unusable=(("true", "bad_images"),), refused=refused)


def _tags(source: str, type_: str, column: InputColumn) -> Typed | None:
    if type_.startswith(("MAP", "STRUCT")):
        # A struct has every row's keys: what is null in it is a tag that the row does not have.
        entries = f"map_entries(TRY_CAST(to_json({source}) AS MAP(VARCHAR, VARCHAR)))"
        json = f"to_json(map_from_entries(list_filter({entries}, lambda x: x.value IS NOT NULL)))"
    elif type_ in ("VARCHAR", "JSON"):
        json = f"TRY_CAST({source} AS JSON)"
    else:
        return None
    distinct = f"len(json_keys({json})) = list_unique(json_keys({json}))"
    value = (
        f"CASE WHEN json_type({json}) = 'OBJECT' AND {_all_text(json, '$.*')} AND {distinct} THEN {json} END"
    )
    refused = (
        (f"len(json_keys({{value}})) > {MOST_TAGS}", "too_many_tags"),
        (_has_nul("json_extract_string({value}, '$.*')"), "bad_tags"),
        (_has_nul("json_keys({value})"), "bad_tags"),
    )
    return Typed(value, unusable=(("true", "bad_tags"),), refused=refused)


_BY_TYPE: dict[str, Callable[[str, str, InputColumn], Typed | None]] = {
    "text": _text,
    "choice": _choice,
    "decimal": _decimal,
    "integer": _integer,
    "boolean": _boolean,
    "time": _time,
    "images": _images,
    "tags": _tags,
}


def _all_text(json: str, path: str) -> str:
    """Every value at the path is a JSON string."""
    return f"len(list_filter(json_type({json}, '{path}'), lambda x: x <> 'VARCHAR')) = 0"


def _has_nul(texts: str) -> str:
    """One of the texts has a NUL character, which JSON can only write as an escape."""
    return f"contains(CAST({{value}} AS VARCHAR), '\\u0000') AND len(list_filter({texts}, lambda x: contains(x, chr(0)))) > 0"


def _outside(column: InputColumn) -> str:
    """The typed value lies outside the column's bounds."""
    bounds = []
    if column.above is not None:
        bounds.append(f"{{value}} <= {column.above}")
    if column.low is not None:
        bounds.append(f"{{value}} < {column.low}")
    if column.high is not None:
        bounds.append(f"{{value}} > {column.high}")
    return " OR ".join(bounds)


def _number_text(source: str, type_: str) -> str | None:
    """The plain text of a number: as delivered, or the shortest that names a binary float; None for other types."""
    if type_ == "VARCHAR":
        return source
    if not type_.isalpha() or type_ in NOT_NUMBERS or type_ in NAIVE_TYPES:
        return None
    return f"regexp_replace(CAST({source} AS VARCHAR), '[.]0$', '')"
