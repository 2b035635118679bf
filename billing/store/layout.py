"""How postings lie in files, so that a month reads little more than its own part.

A large set goes into one file for each span of months, holding the usual records that begin and end in the span, and one file
with the rest, sorted by their begin: what runs on past its span, is long, or has no length. The files' bounds let a reader skip
whole spans; the row groups' bounds most of the rest, and most of a span, too, where only an instant of it matters. Nothing large
is sorted: that costs three times as much as writing it, spilling to disk, while a pass for each span costs nearly nothing where
rows come in the order of time. A small set is one sorted file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from billing.store.hashing import file_sha256
from billing.store.models import RecordFile
from billing.store.schema import BEGIN_AT, BEGIN_S, COLUMNS, Kind
from billing.warehouse import Connection, errors_explained, text_literal
from rules.period import Month

LAST_MONTH = Month("9998-12")
"""The last one that the calendar has; what begins later lies in its span, too."""

SMALL_ROWS = 100_000
"""Files with fewer rows are worth merging, and not worth much else; spans make larger ones."""

MOST_SPANS = 24
SPAN_ROWS = 250_000
"""A span of its own pays from so many rows on the average."""

LONG_S = 4 * 86400
"""What runs longer would stretch the bounds of the row group that it lies in."""

FORMAT = "format parquet, compression snappy, parquet_version v2, dictionary_size_limit 8192"
"""Delta encodings make files a tenth smaller and a third quicker to write than the encodings of version 1. Zstandard would make
them a quarter smaller, and take twice as long to write. A dictionary of more values is tried in vain for ids and instants."""

ROW_GROUP = 122_880
SORTED_ROW_GROUP = 20_480
"""Rows of a row group in sorted files: small, so that its bounds say something."""


PLAIN_ROW = "sign = 1 and extra_ephemeral_micro is null and known_until_s >= until_s and until_s > started_s"
"""What makes an instance's posting a plain one."""


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A Parquet file in the staging folder, and what it is for once it counts.

    resolved: none of its records will count twice among all that count.
    """

    kind: str
    path: Path
    role: str = "current"
    resolved: bool = False


def usual(kind: Kind) -> str:
    """Whether a row may lie in its span's file, if it ends in that span; the postings say so of themselves."""
    return f"until_s > {BEGIN_S[kind]} and until_s - {BEGIN_S[kind]} <= {LONG_S}"


def write_postings(
    connection: Connection, kind: Kind, rows: str, folder: Path, *, begins: str
) -> list[StagedFile]:
    """Write the relation `rows` (SQL, with the columns of the kind, and `usual`) into files of `folder`; none where it is empty.

    `begins` is a relation with every begin of a row (as delivered, and maybe some more), from which spans are made.
    """
    begin_at, begin_s = BEGIN_AT[kind], BEGIN_S[kind]
    columns = ", ".join(COLUMNS[kind])
    with errors_explained():
        first = f"select count(*), epoch_us(min({begin_at})) // 1000000, epoch_us(max({begin_at})) // 1000000 from"
        found = connection.execute(f"{first} ({begins})").fetchone()
        assert found is not None
        count, first_s, last_s = found
        if count == 0:
            return []
        spans = _spans(count, first_s, last_s)
        if count < SPAN_ROWS:
            order = f"order by until_s > {spans[0][1]}, {begin_s}"
            paths = [_copy(connection, f"select {columns} from ({rows}) {order}", folder, SORTED_ROW_GROUP)]
        else:
            of_span = list(_bounds(spans, begin_at))
            fits = [
                f"{bounds} and until_s <= {until_s}"
                for bounds, (_, until_s) in zip(of_span, spans, strict=True)
            ]
            paths = [
                _copy(connection, f"select {columns} from ({rows}) where usual and {fit}", folder, ROW_GROUP)
                for fit in fits
            ]
            rest = f"select {columns} from ({rows}) where not (usual and ({' or '.join(fits)}))"
            paths.append(_copy(connection, f"{rest} order by {begin_s}", folder, SORTED_ROW_GROUP))
    return [StagedFile(kind, path) for path in paths if path is not None]


def _spans(count: int, first_s: int, last_s: int) -> list[tuple[int, int]]:
    """The half-open spans of whole months that cover the begins first_s to last_s; few for few rows."""
    months = [Month.containing(min(first_s, LAST_MONTH.from_s))]
    while months[-1].until_s <= last_s and months[-1] != LAST_MONTH:
        months.append(months[-1].next())
    most = max(1, min(MOST_SPANS, count // SPAN_ROWS))
    size = -(-len(months) // most)
    chunks = [months[index : index + size] for index in range(0, len(months), size)]
    return [(chunk[0].from_s, chunk[-1].until_s) for chunk in chunks]


def _bounds(spans: Sequence[tuple[int, int]], begin_at: str) -> Iterator[str]:
    """For each span which begins belong to it, as SQL; the first and the last have no outer bound, so that none is left out."""
    for index, (from_s, until_s) in enumerate(spans):
        after = f"{begin_at} >= make_timestamp({from_s}000000)" if index else "true"
        before = f"{begin_at} < make_timestamp({until_s}000000)" if index < len(spans) - 1 else "true"
        yield f"{after} and {before}"


def write_all(
    connection: Connection, kind: str, relation: str, folder: Path, *, role: str = "current"
) -> StagedFile | None:
    """Write a relation as it is into one file; none where it is empty."""
    with errors_explained():
        path = _copy(connection, f"select * from {relation}", folder, ROW_GROUP)
    return None if path is None else StagedFile(kind, path, role)


def _copy(connection: Connection, select: str, folder: Path, row_group: int) -> Path | None:
    path = folder / f"{token_hex(8)}.parquet"
    to = f"{text_literal(str(path))} ({FORMAT}, row_group_size {row_group})"
    if connection.execute(f"copy ({select}) to {to}").fetchone() != (0,):
        return path
    path.unlink(missing_ok=True)
    return None


def describe(connection: Connection, file: StagedFile, name: str) -> RecordFile:
    """The catalogue's row for a staged file, under the name that it will have."""
    reversals, from_s, until_s, plain = "0", "0", "0", "false"
    if file.kind in COLUMNS:
        reversals = "count(*) filter (sign = -1)"
        from_s, until_s = f"min({BEGIN_S[file.kind]})", "max(until_s)"
    if file.kind == "instances":
        plain = f"bool_and({PLAIN_ROW})"
    found = connection.execute(
        f"select count(*), {reversals}, {from_s}, {until_s}, {plain} from read_parquet({text_literal(str(file.path))})"
    ).fetchone()
    assert found is not None
    sha256 = file_sha256(file.path)
    assert sha256 is not None
    return RecordFile(
        name=name,
        kind=file.kind,
        role=file.role,
        rows=found[0],
        reversals=found[1],
        bytes=file.path.stat().st_size,
        sha256=sha256,
        from_s=found[2] or 0,
        until_s=found[3] or 0,
        plain=bool(found[4]),
        resolved=sha256 if file.resolved else "",
    )
