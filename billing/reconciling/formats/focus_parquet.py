"""FOCUS 1.0 to 1.2 as Parquet."""

from dataclasses import dataclass
from pathlib import Path

from billing.importing.reading import Sample
from billing.importing.refusal import InputRefused
from billing.importing.sql_text import quoted
from billing.reconciling.columns import focus_columns
from billing.reconciling.formats.focus_csv import NEEDED
from billing.reconciling.sources import BillSource
from billing.warehouse import UnreadableData, connect, reading_files, text_literal


@dataclass(frozen=True, slots=True)
class FocusParquet:
    """Parquet with the columns that FOCUS requires; binary floating point is refused for amounts by reading it as its text."""

    name: str = "FOCUS Parquet"

    def recognises(self, sample: Sample) -> bool:
        """Whether the bytes are Parquet: there is no other format of bills in it."""
        return sample.head.startswith(b"PAR1")

    def open(self, sample: Sample, staging: Path) -> BillSource:
        """The file by the columns that are known, as text; a row's place is its number."""
        file = f"read_parquet({text_literal(str(sample.input.file))}, file_row_number = true, hive_partitioning = false)"
        try:
            with connect(staging) as connection, reading_files():
                described = connection.execute(f"describe select * from {file}").fetchall()
        except UnreadableData as error:
            raise InputRefused(
                "the Parquet file is broken", place=sample.input.path, hint=str(error)[:200]
            ) from error
        types = {str(name): str(type_) for name, type_, *_ in described}
        columns = focus_columns(list(types))
        if missing := NEEDED - columns.keys():
            raise InputRefused(
                f"the Parquet file has no columns of FOCUS for {', '.join(sorted(missing))}",
                place=sample.input.path,
                hint="export it as FOCUS 1.0 to 1.2",
            )
        texts = ", ".join(
            f"{_text(name, types[name])} as {quoted(name)}" for name in sorted(set(columns.values()))
        )
        relation = f"(select file_row_number + 1 as line, {texts} from {file})"
        return BillSource(sample.input, self.name, relation, columns, numbered="line", utc=True, focus=True)


def _text(name: str, type_: str) -> str:
    """A column as text: instants with a zone as UTC, everything else as it is written."""
    if type_ == "TIMESTAMP WITH TIME ZONE":
        return f"cast(cast({quoted(name)} as timestamp) as varchar)"
    return f"nullif(nullif(cast({quoted(name)} as varchar), ''), 'NULL')"


FORMAT = FocusParquet()
