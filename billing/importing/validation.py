"""Checks a file's rows in one pass of SQL: every row comes out typed, with the number of its first problem or 0.

The statement is made from the declared columns and the types that the file delivers. Paths are bound, names and values from
options are quoted, nothing that stands in a file becomes part of the statement.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from billing.importing.columns import PROVIDER_COLUMNS, InputColumn, RecordKind
from billing.importing.rejection import Problem, problem
from billing.importing.source_types import Typed, stored_value, typed
from billing.importing.sql_text import quoted

FAULTY = -1
"""The problem number of rows that were rejected before any value was looked at; their problem stands beside them."""

AUTOMATIC_PREFIX = "auto-create-for-"
"""The provider's only mark of an automatically created cache is its name (billing model, section 1)."""


@dataclass(frozen=True, slots=True)
class Source:
    """Rows to check: `relation` is what SQL selects from.

    `types` has the DuckDB type of every column that the rows have, input columns and provider columns alike. `row` is the name
    of a column with the row's number; where that is None, rows are numbered by their places, beginning with `first`. `faulty`
    names a column that is true for rows that were rejected while reading. `empty` says what an empty text means: it is null, it
    is null already ("gone"), or it is kept, because the source says that there is nothing.
    """

    relation: str
    types: Mapping[str, str]
    row: str | None = None
    first: int = 1
    faulty: str | None = None
    empty: Literal["null", "gone", "kept"] = "null"


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking rows of one kind comes to.

    `select` gives `row` (where the source has it), `problem`, and those record columns that can differ from row to row; the
    others are in `constants`, as SQL. `columns` are all of the record's columns in their order, the same for every input of a
    kind. Number n of `problem` means `problems[n - 1]`; 0 is a good row.
    """

    select: str
    columns: tuple[str, ...]
    constants: Mapping[str, str]
    problems: tuple[Problem, ...]


def unreadable_columns(kind: RecordKind, types: Mapping[str, str]) -> dict[str, str]:
    """The input columns whose type in the file can't hold what the column means, with that type."""
    return {
        column.name: types[column.name]
        for column in kind.columns
        if column.name in types
        and not _is_null(types[column.name])
        and typed(column, "x", types[column.name]) is None
    }


def check(
    kind: RecordKind, source: Source, *, fills: Mapping[str, str], apart: Collection[str] = ()
) -> Checked:
    """The statement that checks rows of this kind and brings them into the store's form.

    `fills` has, as SQL, the values for absent columns and empty cells: of account_id, region and observed_at. The columns in
    `apart` come out as they were given, for `check_values` to check.
    """
    given = {
        name: type_ for name, type_ in source.types.items() if name in kind.by_name and not _is_null(type_)
    }
    extra = [name for name in PROVIDER_COLUMNS if name in source.types]
    judged = {name: type_ for name, type_ in given.items() if name not in apart}
    whens, problems = _judgement(kind, judged, fills)
    if source.faulty:
        whens.insert(0, f"WHEN {source.faulty} THEN {FAULTY}")
    record = dict(_record(kind, given, extra, fills, keep_empty=source.empty == "kept"))
    record |= {name: (quoted(name), True) for name in apart}
    # A column that has no value in the file is the same in every row: it need not be stored row by row.
    varying = [f"{sql} AS {quoted(name)}" for name, (sql, varies) in record.items() if varies]
    carried = [quoted(name) for name in extra]
    carried += [name for name in (source.row, source.faulty) if name is not None]
    sources = [_given(name, type_, nullify=source.empty == "null") for name, type_ in given.items()]
    values = [f"{_value(kind.by_name[name], type_, fills)} AS {_v(name)}" for name, type_ in judged.items()]
    select = (
        f"SELECT {f'{source.row} AS row, ' if source.row else ''}{', '.join(varying)},\n"
        f"CASE {' '.join(whens)} ELSE 0 END::SMALLINT AS problem\n"
        f"FROM (SELECT *, {', '.join(values)}\n"
        f"FROM (SELECT {', '.join([*sources, *carried])} FROM {source.relation}))"
    )
    constants = {name: sql for name, (sql, varies) in record.items() if not varies}
    return Checked(select, tuple(record), constants, tuple(problems))


def check_values(column: InputColumn, table: str, *, keep_empty: bool) -> Checked:
    """The statement that checks each different text of a column in a table once.

    It gives `given`, the value `stored` for it, and `problem`.
    """
    problems: list[Problem] = []

    def numbered(found: Problem) -> int:
        problems.append(found)
        return len(problems)

    whens = " ".join(_column_judgement(column, "VARCHAR", False, numbered))
    name, value = quoted(column.name), _v(column.name)
    select = (
        f"SELECT {name} AS given, {stored_value(column, value, keep_empty=keep_empty)} AS stored,"
        f" CASE {whens} ELSE 0 END::SMALLINT AS problem"
        f" FROM (SELECT {name}, {_typed(column, 'VARCHAR').value} AS {value}"
        f" FROM (SELECT DISTINCT {name} FROM {table} WHERE {name} IS NOT NULL))"
    )
    return Checked(select, (), {}, tuple(problems))


def _judgement(
    kind: RecordKind, given: Mapping[str, str], fills: Mapping[str, str]
) -> tuple[list[str], list[Problem]]:
    """The branches of a CASE that numbers a row's first problem, in the order of the columns, and the problems themselves."""
    whens: list[str] = []
    problems: list[Problem] = []

    def numbered(found: Problem) -> int:
        problems.append(found)
        return len(problems)

    for column in kind.columns:
        if column.name in given:
            whens += _column_judgement(column, given[column.name], column.name in fills, numbered)
        elif column.required and column.name not in fills:
            whens.append(f"WHEN true THEN {numbered(problem('missing_value', column))}")
    for rule in kind.after:
        if rule.later in given and rule.earlier in given:
            found = problem("wrong_order", kind.by_name[rule.later], other=rule.earlier)
            whens.append(f"WHEN {_v(rule.later)} < {_v(rule.earlier)} THEN {numbered(found)}")
    for first, second in kind.exclusive:
        if first in given and second in given:
            found = problem("two_outcomes", kind.by_name[first], other=second)
            both = f"{_v(first)} IS NOT NULL AND {_v(second)} IS NOT NULL"
            whens.append(f"WHEN {both} THEN {numbered(found)}")
    return whens, problems


def _column_judgement(
    column: InputColumn, type_: str, filled: bool, numbered: Callable[[Problem], int]
) -> Iterator[str]:
    """The branches for one column: no usable value, looked into only then; and values that are refused."""
    name, value = quoted(column.name), _v(column.name)
    how = _typed(column, type_)
    reasons = []
    if column.required and not filled:
        reasons.append(f"WHEN {name} IS NULL THEN {numbered(problem('missing_value', column))}")
    reasons += [
        f"WHEN {condition} THEN {numbered(problem(code, column))}" for condition, code in how.unusable
    ]
    if reasons:
        unusable = f"{value} IS NULL" if column.required else f"{value} IS NULL AND {name} IS NOT NULL"
        yield f"WHEN {unusable} THEN CASE {' '.join(reasons)} END"
    for condition, code in how.refused:
        if condition:
            yield f"WHEN {condition.replace('{value}', value)} THEN {numbered(problem(code, column))}"


def _given(name: str, type_: str, *, nullify: bool) -> str:
    """A source value under its own name; empty text is no value."""
    if type_ == "VARCHAR" and nullify:
        return f"nullif({quoted(name)}, '') AS {quoted(name)}"
    return quoted(name)


def _value(column: InputColumn, type_: str, fills: Mapping[str, str]) -> str:
    """The typed value, which an option fills in where the file has none."""
    value = _typed(column, type_).value
    fill = fills.get(column.name)
    return value if fill is None else f"CASE WHEN {quoted(column.name)} IS NULL THEN {fill} ELSE {value} END"


def _typed(column: InputColumn, type_: str) -> Typed:
    how = typed(column, quoted(column.name), type_)
    if how is None:
        raise ValueError(f"column {column.name} can't be read from {type_}: ask unreadable_columns first")
    return how


def _record(
    kind: RecordKind,
    given: Mapping[str, str],
    extra: list[str],
    fills: Mapping[str, str],
    *,
    keep_empty: bool,
) -> Iterator[tuple[str, tuple[str, bool]]]:
    """The columns that the store takes: name, SQL, and whether the value can differ from row to row."""
    for column in kind.columns:
        if column.name in given:
            value = stored_value(column, _v(column.name), keep_empty=keep_empty)
        else:
            value = fills.get(column.name, "NULL")
        if column.default is not None:
            value = f"coalesce({value}, {column.default})"
        varies = column.name in given
        if column.name == "creation_method":
            automatic = (
                f"starts_with({_v('cache_name')}, '{AUTOMATIC_PREFIX}')" if "cache_name" in given else "false"
            )
            value = f"coalesce({value}, CASE WHEN {automatic} THEN 'automatic' ELSE 'manual' END)"
            varies = varies or "cache_name" in given
        yield column.stored, (f"CAST({value} AS {_STORED_TYPES[column.type]})", varies)
    if kind.name in ("caches", "instances"):
        yield "derived", _derived(kind, given, extra)
    if kind.name == "caches":
        yield from _provider_columns(given, extra)


def _derived(kind: RecordKind, given: Mapping[str, str], extra: list[str]) -> tuple[str, bool]:
    """The names of the derived columns, separated by commas; null where nothing was derived."""
    parts = ["derived"] if "derived" in extra else []
    if "creation_method" in kind.by_name:
        unknown = f"{_v('creation_method')} IS NULL" if "creation_method" in given else "true"
        parts.append(f"CASE WHEN {unknown} THEN 'creation_method' END")
    if not parts:
        return "CAST(NULL AS VARCHAR)", False
    return f"nullif(concat_ws(',', {', '.join(parts)}), '')", True


def _provider_columns(given: Mapping[str, str], extra: list[str]) -> Iterator[tuple[str, tuple[str, bool]]]:
    """What a provider's answer says beside the input columns; a use shows that a cache was ready, whoever reports it."""
    ready = f"{_v('ready_at')} IS NULL" if "ready_at" in given else "true"
    used = f"{_v('last_matched_at')} IS NOT NULL" if "last_matched_at" in given else "false"
    said = "coalesce(ready_observed = 'true', false)" if "ready_observed" in extra else "false"
    yield "ready_observed", (f"({ready} AND ({said} OR {used}))", True)
    for name, type_ in PROVIDER_COLUMNS.items():
        if type_ == "text" and name != "derived":
            yield name, (quoted(name), True) if name in extra else ("CAST(NULL AS VARCHAR)", False)


_STORED_TYPES: Mapping[str, str] = {
    "text": "VARCHAR",
    "choice": "VARCHAR",
    "decimal": "BIGINT",
    "integer": "INTEGER",
    "boolean": "BOOLEAN",
    "time": "TIMESTAMP",
    "images": "VARCHAR",
    "tags": "VARCHAR",
}


def _is_null(type_: str) -> bool:
    """A column that holds nothing at all counts as absent."""
    return type_.strip('"') == "NULL"


def _v(name: str) -> str:
    """The name under which a column's typed value stands in the statement."""
    return quoted(f"{name} typed")
