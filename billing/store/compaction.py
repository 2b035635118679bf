"""Compaction: many small files become few sorted ones, and versions that were reversed are set aside as history.

It pays when small files pile up, or when reversals are a tenth of what metering reads. Files are only ever replaced: the
new ones lie ready before the catalogue names them in the old ones' place.
"""

from collections.abc import Sequence
from pathlib import Path
from secrets import token_hex

from billing.store.models import RecordFile
from billing.store.schema import BEGIN_S, COLUMNS
from billing.warehouse import Connection, errors_explained, paths_literal, text_literal
from billing.workspace import Workspace

SMALL_BYTES = 32 << 20
MANY_FILES = 16
REVERSED_SHARE = 10
"""Reversals pay for a rewrite when they are more than one in so many rows."""

Compacted = tuple[str, Path]
"""The role and the staged file of what compaction made."""


def paying(record_files: Sequence[RecordFile]) -> list[RecordFile]:
    """The files that are worth merging now; none where there is little to gain."""
    rows = sum(file.rows for file in record_files)
    reversals = sum(file.reversals for file in record_files)
    if reversals * REVERSED_SHARE > rows:
        return list(record_files)
    small = [file for file in record_files if file.bytes < SMALL_BYTES]
    return small if len(small) > MANY_FILES else []


def compact(
    connection: Connection, workspace: Workspace, kind: str, record_files: Sequence[RecordFile]
) -> list[Compacted]:
    """Write the merged files into the staging folder: current ones, sorted by month and cache, and history."""
    columns = ", ".join(COLUMNS[kind])
    source = f"read_parquet({paths_literal(workspace.records / file.name for file in record_files)})"
    begin_s = BEGIN_S[kind]
    month = f"date_trunc('month', make_timestamp(({begin_s} + 28800) * 1000000))"
    with errors_explained():
        connection.execute(
            f"""create or replace temp table reversed_versions as
            select r.batch, r.line
            from (select batch, line from {source} where sign = -1) as r
            semi join (select batch, line from {source} where sign = 1) as v
                on v.batch = r.batch and v.line = r.line"""
        )
        pairs = "(batch, line) in (select (batch, line) from reversed_versions)"
        made: list[Compacted] = []
        for role, rows, order in (
            ("current", f"not ({pairs} and sign <> 0)", f"{month}, crosses, cache_key, {begin_s}"),
            ("history", f"{pairs} and sign = 1", "batch, line"),
        ):
            folder = workspace.staging / token_hex(8)
            crossing = "until_s > " + f"epoch_us({month} + interval 1 month) // 1000000 - 28800"
            connection.execute(
                f"""copy (
                    select {columns}, {crossing} as crosses from {source} where {rows} order by {order}
                ) to {text_literal(str(folder))} (format parquet, compression zstd, partition_by (crosses))"""
            )
            made += [(role, path) for path in sorted(folder.rglob("*.parquet"))]
    return made
