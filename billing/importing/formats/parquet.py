"""Parquet: typed columns stay typed, and a row's line is its number in the file, from 1."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from billing.importing.columns import RecordKind
from billing.importing.desk import Desk, Rows
from billing.importing.header import kind_of
from billing.importing.inputs import Input
from billing.importing.reading import PARQUET, Listing, Options, Reading, Sample
from billing.importing.refusal import InputRefused
from billing.importing.sql_text import quoted
from billing.importing.validation import Source, unreadable_columns
from billing.warehouse import Connection, UnreadableData, connect, reading_files, text_literal

TYPE_HINTS = {
    "time": "timestamps with a zone, or text",
    "decimal": "numbers, or text",
    "integer": "whole numbers, or text",
    "boolean": "booleans, or text",
    "images": "a list of text, or JSON text",
    "tags": "a map of text, or JSON text",
    "choice": "text",
    "text": "text, or whole numbers",
}
"""What a column of each type may be in Parquet."""


@dataclass(frozen=True, slots=True)
class ParquetReading:
    """A Parquet file whose schema is known."""

    input: Input
    types: Mapping[str, str]
    kind: RecordKind
    merge: ClassVar[bool] = False
    listing: ClassVar[Listing | None] = None

    def load(self, desk: Desk, options: Options) -> Rows:
        """The rows as they are typed in the file."""
        relation = f"(SELECT *, file_row_number + 1 AS row FROM {_relation(self.input)})"
        try:
            with reading_files():
                return desk.load(
                    self.kind, Source(relation, self.types, row="row"), options.fills, raw_texts=self._raw
                )
        except UnreadableData as error:
            raise _broken(self.input, error) from error

    def _raw(self, numbers: str) -> str:
        """A rejected row as JSON, since Parquet has no text of it."""
        whole = "CAST(json_merge_patch(to_json(p), '{\"file_row_number\": null}') AS VARCHAR)"
        return (
            f"SELECT file_row_number + 1 AS row, row AS line, {whole} AS raw, NULL AS code, NULL AS message"
            f" FROM {_relation(self.input)} AS p WHERE file_row_number + 1 IN (SELECT row FROM {numbers})"
        )


@dataclass(frozen=True, slots=True)
class ParquetFormat:
    """Files that begin with Parquet's magic bytes."""

    name: str = "parquet"

    def recognises(self, sample: Sample) -> bool:
        """By its magic bytes."""
        return sample.head.startswith(PARQUET)

    def open(self, sample: Sample, options: Options) -> Reading:
        """The schema is read and checked."""
        path = sample.input.path
        try:
            with connect() as connection, reading_files():
                types, holding = _schema(connection, sample.input)
                kind = kind_of(list(types), filled=options.fills.keys(), place=path)
                wrong = unreadable_columns(kind, types)
                # A frame's column of nothing has any type: it counts as absent.
                empty = {name for name in wrong if not holding(name)}
        except UnreadableData as error:
            raise _broken(sample.input, error) from error
        types |= dict.fromkeys(empty, "NULL")
        for name, type_ in wrong.items():
            if name not in empty:
                hint = f"{name} must be {TYPE_HINTS[kind.by_name[name].type]}"
                raise InputRefused(f"column {name!r} has the type {type_[:60]}", place=path, hint=hint)
        return ParquetReading(sample.input, types, kind)


def _schema(connection: Connection, file: Input) -> tuple[dict[str, str], Callable[[str], bool]]:
    """The types of the file's columns, and how to ask whether a column holds anything."""
    relation = _relation(file)
    described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    types = {str(name): str(type_) for name, type_, *_ in described}
    types.pop("file_row_number")

    def holding(name: str) -> bool:
        found = connection.execute(f"SELECT count({quoted(name)}) FROM {relation}").fetchone()
        return found is not None and found[0] > 0

    return types, holding


def _relation(file: Input) -> str:
    return f"read_parquet({text_literal(str(file.file))}, file_row_number = true, hive_partitioning = false)"


def _broken(file: Input, error: Exception) -> InputRefused:
    return InputRefused("the Parquet file is broken", place=file.path, hint=str(error)[:200])


FORMAT = ParquetFormat()
