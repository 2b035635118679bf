"""The raw texts of single lines of a file, for rows whose numbers are their lines."""

from collections.abc import Iterable, Iterator
from itertools import islice

from billing.importing.csv_records import readable
from billing.importing.desk import Desk
from billing.importing.inputs import Input
from billing.importing.spool import SpooledRow, spool


def raw_lines(desk: Desk, file: Input, numbers: str) -> str:
    """The SQL that gives the raw texts of the lines whose numbers stand in the table `numbers`."""
    spooled = spool(desk.new_file("raw"), (), _lines(file, desk.numbers_of(numbers)))
    return spooled.raw_texts(numbers)


def _lines(file: Input, wanted: Iterable[int]) -> Iterator[SpooledRow]:
    """The wanted lines; `wanted` ascends."""
    with file.file.open("rb") as source:
        number = 0
        for line in wanted:
            text = next(islice(source, line - number - 1, None), b"")
            number = line
            yield SpooledRow(line, readable(text.decode("utf-8-sig", "surrogateescape")), None)
