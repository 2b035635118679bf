"""What becomes of incoming rows: which are new, which revise or repeat what is known, which came too late.

Rows are taken one after the other as they arrived. A row counts unless the record was observed later already; of two of one
instant the later row counts; a row that is alike in every column changes nothing. Most records come once, so a hash of the
identity sorts out the few that need more: those that come once and are stored are joined (`pairs`), only those that come
several times are followed row by row in a window (`chain`).
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from billing.store.layout import usual
from billing.store.schema import BEGIN_AT, END, ID, OPEN_S, Kind, content
from billing.warehouse import Connection, errors_explained, has_rows, sql_file

POSTINGS: Mapping[Kind, str] = {"instances": "instance_postings", "caches": "cache_postings"}
"""The view of each kind's journal, which is also the name of the statement that makes postings of versions."""


class Outcome(NamedTuple):
    """What became of a batch's rows: `unchanged` are repetitions and observations older than what is known."""

    new: int
    revised: int
    unchanged: int


def resolve(connection: Connection, kind: Kind, incoming: str, *, merge: bool) -> dict[int, Outcome]:
    """Judge the rows of `incoming`; leaves the tables that `postings_sql` reads. With `merge`, nulls keep what is known."""
    with errors_explained():
        connection.execute(f"insert into new_keys {_sql('new_keys', kind, incoming=incoming)}")
        _make(connection, "contested", kind, incoming=incoming, several=str(merge).lower())
        _make(connection, "stored_current", kind)
        connection.execute(f"insert into stored_current {_sql('stored_withdrawn', kind)}")
        filled, filling = _filling(kind) if merge else (", ".join(content(kind)), "")
        _make(connection, "chain", kind, incoming=incoming, filled=filled, filling=filling)
        _make(
            connection,
            "pairs",
            kind,
            incoming=incoming,
            incoming_content=", ".join(f"i.{column}" for column in content(kind)),
            stored_content=", ".join(f"s.{column}" for column in content(kind)),
        )
        _make_written_keys(connection, kind)
        rest = _uncontested(connection, kind)
        connection.execute(
            f"create or replace temp view versions as {_sql('versions', kind, incoming=incoming, uncontested=rest)}"
        )
        rows = connection.execute(_sql("counts", kind, incoming=incoming, uncontested=rest)).fetchall()
    return {
        batch: Outcome(new, revised, rows_in_all - new - revised) for batch, rows_in_all, new, revised in rows
    }


def _uncontested(connection: Connection, kind: Kind) -> str:
    """The condition of being added without further ado; nothing is looked at row by row where that is true of all."""
    if not has_rows(connection, "from contested"):
        return "true"
    return f"hash({ID[kind]}) not in (select identity from contested)"


def _make_written_keys(connection: Connection, kind: Kind) -> None:
    for name, column in (
        ("account_word", "account_id"),
        ("region_word", "region"),
        ("cache_word", "cache_id"),
    ):
        names = f"select distinct {column} from cache_keys where {column} is not null"
        connection.execute(f"create or replace temp type {name} as enum ({names})")
    _make(connection, "written_keys", kind)


def postings_sql(connection: Connection, kind: Kind, *, posted: int) -> str:
    """The postings that follow from the rows judged last: versions, and reversals of what they supersede."""
    versions = _sql(POSTINGS[kind], kind, posted=posted, open_s=OPEN_S, usual=usual(kind))
    if not has_rows(connection, "from stored_current"):
        return versions
    return f"{versions} union all by name {_sql('reversals', kind, posted=posted, usual=usual(kind))}"


def begins_sql(kind: Kind) -> str:
    """The begins of the postings of `postings_sql`, and maybe of some more; empty where there are none."""
    begin_at = BEGIN_AT[kind]
    return f"select {begin_at} from versions union all select {begin_at} from stored_current where exists (from versions)"


def make_missing(connection: Connection, kind: Kind, incoming: str, *, last_line: int) -> str:
    """Make a table of versions that end the known records which the complete list `incoming` lacks; gives its name."""
    with errors_explained():
        _make(
            connection, "missing", kind, incoming=incoming, ended=", ".join(_ended(kind)), last_line=last_line
        )
    return "missing"


def _make(connection: Connection, name: str, kind: Kind, **names: object) -> None:
    connection.execute(f"create or replace temp table {name} as {_sql(name, kind, **names)}")


def _sql(name: str, kind: Kind, **names: object) -> str:
    common = {
        "postings": POSTINGS[kind],
        "id": ID[kind],
        "end": END[kind],
        "content": ", ".join(content(kind)),
    }
    return sql_file("billing.store", name).format(**common, **names)


def _ended(kind: Kind) -> Iterator[str]:
    """The content of a version that ends a known record at the instant of a source that no longer lists it."""
    replaced: Mapping[str, str] = {
        END[kind]: f"greatest(a.at, k.{BEGIN_AT[kind]}) as {END[kind]}",
        "observed_at": "a.at as observed_at",
        "derived": f"concat_ws(',', k.derived, '{END[kind]}') as derived",
    }
    for column in content(kind):
        yield replaced.get(column, f"k.{column}")


def _filling(kind: Kind) -> tuple[str, str]:
    """How the fields that an answer leaves out keep the value known before: the columns, and the window they refer to.

    What was observed wins over what was derived, whichever came last; so a record that is listed again lives on although
    a complete list had lacked it.
    """
    own = {"account_id", "region", ID[kind], "observed_at", "retracted", "derived"}
    kept = {
        "creation_method": "first_value(creation_method ignore nulls) over filling",
        "instant": "bool_or(instant) over filling",
        "ready_observed": "bool_or(ready_observed) over filling",
        "snapshot_copies": "max(snapshot_copies) over filling",
        "flash_copies": "max(flash_copies) over filling",
    }
    for column in ("started_at", "ready_at", END[kind]):
        observed = f"case when not contains(coalesce(derived, ''), '{column}') then {column} end"
        kept[column] = f"coalesce(last_value({observed} ignore nulls) over filling, {column})"
    columns = [
        column
        if column in own
        else f"{kept.get(column, f'last_value({column} ignore nulls) over filling')} as {column}"
        for column in content(kind)
    ]
    window = (
        f"window filling as (partition by account_id, region, {ID[kind]} order by stored desc, batch, line"
        " rows between unbounded preceding and current row)"
    )
    return ", ".join(columns), window
