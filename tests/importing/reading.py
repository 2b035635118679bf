"""Reading files without a workspace: good rows and rejected ones, as the store would get them; and whole imports."""

import io
import json
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from billing.importing.desk import Desk
from billing.importing.inputs import find, take
from billing.importing.loaded import Loaded, gather, quarantine
from billing.importing.opening import Request
from billing.importing.reading import Options
from billing.importing.recognise import format_named, recognise, sample_of
from billing.importing.run import run
from billing.importing.summary import ImportSummary
from billing.store import NewBatch, open_store
from billing.store.schema import ID, Kind
from billing.warehouse import Connection, connect
from billing.workspace import Workspace

NOW = "2026-11-24T00:00:00Z"
DATA = Path(__file__).parents[3] / "shared" / "data"
"""Real data beside the project; tests that need it are skipped where it is absent."""

INSTANCE = {"instance_id": "i1", "account_id": "a", "region": "r", "started_at": "2026-10-01T00:00:00Z"}
CACHE = {
    "cache_id": "imc-1",
    "account_id": "a",
    "region": "r",
    "size_gib": "20",
    "created_at": "2026-10-01T00:00:00Z",
}

Row = dict[str, Any]


class Bad(NamedTuple):
    """A rejected row."""

    line: int
    code: str
    message: str
    raw: str


class Read(NamedTuple):
    """What a file came to: its kind, the good rows with their lines, and the rejected ones."""

    kind: str
    good: list[Row]
    bad: list[Bad]

    @property
    def codes(self) -> list[tuple[int, str]]:
        """Line and code of the rejected rows."""
        return [(each.line, each.code) for each in self.bad]

    @property
    def lines(self) -> list[int]:
        """The lines of the good rows."""
        return [row["line"] for row in self.good]


def read(
    file: Path,
    *,
    account: str | None = None,
    region: str | None = None,
    format_: str | None = None,
    connection: "Connection | None" = None,
) -> Read:
    """Read one file as an import would, without storing anything; the folder `desk` beside it is used."""
    folder = file.parent / "desk"
    folder.mkdir(exist_ok=True)
    options = Options(account, region, NOW)
    (found,), _ = find([str(file)])
    taken = take(found, folder, len(list(folder.iterdir())), stdin=io.BytesIO(), watch=lambda _: None)
    sample = sample_of(taken)
    format_used = format_named(format_) if format_ else recognise(sample)
    assert format_used is not None
    reading = format_used.open(sample, options)
    with nullcontext(connection) if connection is not None else connect(folder) as at:
        desk = Desk(at, folder)
        batch = NewBatch(str(file), reading.kind.name, format_used.name, "", NOW)
        loaded = Loaded(reading, reading.load(desk, options), 1, batch)
        rejected = quarantine(desk, loaded)
        bad = fetch(at, f"SELECT line, code, message, raw FROM {rejected} ORDER BY line") if rejected else []
        good = fetch(at, f"SELECT * EXCLUDE batch FROM {gather(desk, [loaded], 'good')} ORDER BY line")
    return Read(reading.kind.name, good, [Bad(**row) for row in bad])


def fetch(connection: Any, query: str) -> list[Row]:
    """The rows of a query as dicts, times as text."""
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, map(_plain, row), strict=True)) for row in cursor.fetchall()]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def write(file: Path, data: str | bytes) -> Path:
    """A file with this content."""
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return file


def csv_of(rows: Sequence[Mapping[str, str]]) -> str:
    """Rows as plain CSV, with the first row's columns; values must not need quotes."""
    header = list(rows[0])
    return "".join(
        ",".join(line) + "\n" for line in [header, *([row[name] for name in header] for row in rows)]
    )


def json_lines_of(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as JSON Lines."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def import_(workspace: Path, *paths: Path | str, stdin: bytes = b"", **options: Any) -> ImportSummary:
    """Import files into the workspace, at NOW unless the options say otherwise."""
    request = Request(paths=[str(path) for path in paths], **{"now": NOW, **options})
    return run(Workspace(workspace), request, stdin=io.BytesIO(stdin))


def current(workspace: Path, kind: Kind) -> dict[str, Row]:
    """The current version of every record of a kind, by its id; withdrawn ones are left out."""
    view = {"instances": "every_instance_posting", "caches": "cache_postings"}[kind]
    with open_store(Workspace(workspace)).reader() as reader, reader.connection() as connection:
        rows = fetch(connection, f"SELECT * FROM {view} WHERE sign >= 0 ORDER BY observed_at, batch, line")
    latest = {row[ID[kind]]: row for row in rows}
    return {name: row for name, row in latest.items() if not row["retracted"]}
