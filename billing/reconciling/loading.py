"""Bills from files into SQL: each recognised, unpacked, typed and checked; what can't be read is quarantined with its place.

All rows come to lie in the table `bill_rows` (see typed_rows.sql for its columns), of which (file, line) names a row.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from billing.importing.inputs import Input, find, take
from billing.importing.recognise import sample_of
from billing.importing.refusal import InputRefused
from billing.reconciling.columns import AMOUNTS, QUANTITIES, TEXTS
from billing.reconciling.csv_bills import header_of, in_utf8, one_by_one
from billing.reconciling.formats import formats
from billing.reconciling.sources import BillSource, Quarantined, column_sql
from billing.warehouse import Connection, UnreadableData, reading_files, sql_file

NUMBERS = (*AMOUNTS, *QUANTITIES)
DROPPED = ("date", "begin", "end", "period_unit")
"""Texts that are of no use once they are typed; of a row that can't be read they are kept."""
MOST_NAMED = 1_000
"""Quarantined rows that are kept with their text; all are counted."""


@dataclass(frozen=True, slots=True)
class BillFile:
    """One file of the bill: its name for people, its format, and how many rows could be read."""

    path: str
    format: str
    rows: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """What `bill_rows` was made of."""

    files: tuple[BillFile, ...]
    quarantine: tuple[Quarantined, ...]


def load_bills(connection: Connection, paths: Sequence[str], staging: Path) -> Loaded:
    """Read the files into `bill_rows`; InputRefused where one is unreadable as a whole, before anything is compared."""
    found, _ = find(paths)
    files: list[BillFile] = []
    quarantine: list[Quarantined] = []
    connection.execute("set preserve_insertion_order = true")
    for number, each in enumerate(found):
        taken = take(each, staging, number, stdin=sys.stdin.buffer, watch=lambda _: None)
        source = _opened(taken, staging)
        table = f"bill_{number}"
        source = _load(connection, source, table, staging)
        bad = [*source.quarantined, *_bad_rows(connection, table, source)]
        (rows,) = connection.execute(f"select count(*) from {table} where problem = 0").fetchone() or (0,)
        files.append(BillFile(each.path, source.format, rows, len(bad)))
        quarantine += bad[:MOST_NAMED]
    connection.execute("set preserve_insertion_order = false")
    union = "\nunion all by name\n".join(
        f"select {number} as file, * from bill_{number} where problem = 0" for number in range(len(files))
    )
    connection.execute(f"create or replace temp view bill_rows as {union}")
    return Loaded(tuple(files), tuple(quarantine))


def _opened(taken: Input, staging: Path) -> BillSource:
    """The file by the one format that recognises it."""
    sample = sample_of(taken)
    recognised = [each for each in formats().values() if each.recognises(sample)]
    if len(recognised) != 1:
        raise InputRefused(
            "the file is no bill that is known",
            place=taken.path,
            hint=f"known are {', '.join(formats())}",
        )
    return recognised[0].open(sample, staging)


def _load(connection: Connection, source: BillSource, table: str, staging: Path) -> BillSource:
    """Type the rows into a table: by places, in their encoding; record by record where these aren't lines."""
    if _typed(connection, source, table):
        return source
    with source.input.file.open("rb") as file:
        header = header_of(file.readline())
    recoded = in_utf8(source, header, staging)
    if recoded is not source and _typed(connection, recoded, table):
        return recoded
    apart = one_by_one(recoded, header, staging)
    connection.execute(_typed_sql(apart, table))
    return apart


def _typed(connection: Connection, source: BillSource, table: str) -> bool:
    """Whether the rows could be typed by their places; InputRefused where there is no other way."""
    try:
        with reading_files():
            connection.execute(_typed_sql(source, table))
    except UnreadableData as error:
        if source.expected is None:
            raise InputRefused(
                "the file can't be read", place=source.input.path, hint=str(error)[:200]
            ) from error
        return False
    (count,) = connection.execute(f"select count(*) from {table}").fetchone() or (0,)
    return source.expected is None or count == source.expected


def _number(name: str) -> str:
    """The number that a text says; only where there is none is it worth looking for commas."""
    plain, ungrouped = f"{name}_text", f"replace({name}_text, ',', '')"
    return f"coalesce(try_cast({plain} as decimal(38, 15)), try_cast({ungrouped} as decimal(38, 15)))"


def _typed_sql(source: BillSource, table: str) -> str:
    """The statement that types a source's rows into a table."""
    numbers = [f"{column_sql(source, name)} as {name}_text" for name in NUMBERS]
    texts = [f"coalesce({column_sql(source, name)}, '') as {name}" for name in TEXTS]
    typed = [f"{_number(name)} as {name}" for name in NUMBERS]
    places = [*(["line"] if source.numbered else []), *(["row"] if source.apart else [])]
    problems = " ".join(
        f"when {name}_text is not null and {name} is null then {number}"
        for number, name in enumerate(NUMBERS, start=1)
    )
    missing = [name for name in (*TEXTS, *NUMBERS) if name not in source.columns and name not in DROPPED]
    nothing = dict.fromkeys(TEXTS, "''") | dict.fromkeys(NUMBERS, "cast(null as decimal(38, 15))")
    constants = [f"{nothing[name]} as {name}, " for name in missing]
    shown = [name for name in TEXTS if name in source.columns and name != "end"]
    # A relation without numbers is in the order of its lines, which a table's rowid counts: a window would go row by row.
    counted = f"rowid + {source.first}"
    return sql_file("billing.reconciling", "typed_rows").format(
        table=table,
        line="cast(line as bigint)" if source.numbered else counted,
        row="cast(row as bigint)" if source.apart else "cast(line as bigint)" if source.numbered else counted,
        texts=",\n        ".join([*places, *texts, *numbers]),
        left_out=", ".join(
            [
                "problem_number",
                *(f'"{name}"' for name in DROPPED),
                *missing,
                *(f"{name}_text" for name in NUMBERS),
            ]
        ),
        raw=", ".join(f"{name} := {name}" for name in shown),
        constants="".join(constants),
        without_places=f"exclude ({', '.join(places)}) " if places else "",
        typed=",\n    ".join(typed),
        problems=problems,
        relation=source.relation,
        naive_offset_s=0 if source.utc else 28_800,
        needed=_BAD["needed"],
        late=_BAD["time"],
        garbled=_BAD["mojibake"],
        focus="true" if source.focus else "false",
    )


_BAD = {"needed": 90, "time": 91, "mojibake": 92}


def _bad_rows(connection: Connection, table: str, source: BillSource) -> list[Quarantined]:
    """The rows of a table that have a problem, with the sentence of each."""
    found = connection.execute(
        f"select line, problem, raw from {table} where problem <> 0 order by line"
    ).fetchall()
    return [
        Quarantined(source.input.path, line, _raw(text), *_code(number, source))
        for line, number, text in found
    ]


def _raw(text: str) -> str:
    import json

    values = json.loads(text)
    said = {key: value for key, value in values.items() if isinstance(value, str) and value}
    return json.dumps(said, ensure_ascii=False)[:2_000]


def _code(number: int, source: BillSource) -> tuple[str, str]:
    """The code of a problem, and the file's own name of the column that it is about."""
    if number <= len(NUMBERS):
        return "bad_number", source.columns[NUMBERS[number - 1]]
    return {_BAD["needed"]: "missing_value", _BAD["time"]: "bad_time", _BAD["mojibake"]: "mojibake"}[
        number
    ], ""
