"""The document and the workbook of a report have what docs/report-data.md says, and nothing that it leaves out."""

import re
from pathlib import Path

from reports.document import document
from reports.workbook import workbook
from tests.reports.build import full
from tests.reports.test_files import sheets

DATA, BOOK = (
    (Path(__file__).parents[2] / "docs" / "report-data.md")
    .read_text(encoding="utf-8")
    .split("## The workbook")
)


def first_cells(text: str) -> list[str]:
    """The first cell of each row of the tables in a text, but for heads and rules."""
    return [cell.strip() for cell in re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE)][1:]


def test_every_name_of_the_document_is_described() -> None:
    described = {name for cell in first_cells(DATA) for name in re.findall(r"`(\w+)`", cell)}
    assert described == set(document(full())) - {"version"}


def test_every_sheet_of_the_workbook_is_described_in_its_order() -> None:
    described = [name for cell in first_cells(BOOK) for name in cell.removesuffix(", …").split(", ")]
    found = list(sheets(workbook(full(), "en")))
    assert [name for name in described if name != "By tag 2"] == [
        name for name in found if name != "By tag 2"
    ]
