"""Compaction: many small files become few, and versions that were reversed are set aside as history, with their reversals.

It pays when more than MANY_FILES small files have piled up, each of which costs a reader its opening, or when more than one row
in REVERSED_SHARE of what metering reads is a reversal. Both are ratios, so that the work spreads over the imports that made it
necessary. Files are only ever replaced: the new ones lie ready before the catalogue names them in the old ones' place.
No posting is ever dropped: which batch took a version back decides what a month that was closed before it still sees.
"""

from collections.abc import Sequence

from billing.errors import WorkspaceError
from billing.store.layout import SMALL_ROWS, StagedFile, usual, write_all, write_postings
from billing.store.models import RecordFile
from billing.store.schema import COLUMNS, Kind
from billing.warehouse import Connection, errors_explained, paths_literal
from billing.workspace import Workspace

MANY_FILES = 16
REVERSED_SHARE = 20


def paying(record_files: Sequence[RecordFile]) -> list[RecordFile]:
    """The files that are worth rewriting now; none where there is little to gain."""
    rows = sum(file.rows for file in record_files)
    reversals = sum(file.reversals for file in record_files)
    if reversals > SMALL_ROWS and reversals * REVERSED_SHARE > rows:
        return list(record_files)
    small = [file for file in record_files if file.rows < SMALL_ROWS]
    return small if len(small) > MANY_FILES else []


def compact(
    connection: Connection, workspace: Workspace, kind: Kind, record_files: Sequence[RecordFile]
) -> list[StagedFile]:
    """Write what the files hold into the staging folder again: what counts, laid out for reading, and history apart."""
    columns = ", ".join(COLUMNS[kind])
    paths = paths_literal(workspace.records / file.name for file in record_files)
    source = f"select {columns} from read_parquet({paths})"
    with errors_explained():
        connection.execute(
            f"""create or replace temp table reversed_versions as
            select r.batch, r.line
            from ({source}) as r
            semi join (select batch, line from ({source}) where sign = 1) as v
                on v.batch = r.batch and v.line = r.line
            where r.sign = -1"""
        )
        reversed_ = "(batch, line) in (select (batch, line) from reversed_versions)"
        connection.execute(
            f"create or replace temp view set_aside as {source} where sign <> 0 and {reversed_} order by batch, line"
        )
        kept = f"select *, {usual(kind)} as usual from ({source}) where sign = 0 or not {reversed_}"
        made = write_postings(connection, kind, kept, workspace.staging, begins=source)
        history = write_all(connection, kind, "set_aside", workspace.staging, role="history")
    return made if history is None else [*made, history]


def refuse_lost_rows(merged: Sequence[RecordFile], into: Sequence[RecordFile]) -> None:
    """A WorkspaceError where the new files don't hold as many postings and reversals as the old ones; nothing counts yet."""
    before, after = (
        (sum(file.rows for file in files), sum(file.reversals for file in files)) for files in (merged, into)
    )
    if before != after:
        raise WorkspaceError(
            f"merging record files would have made {after} rows and reversals of {before}",
            hint="nothing was changed: this is a fault of imcost, please report it",
        )
