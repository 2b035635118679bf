"""The numbers that each form of a report says, read back from it, are those of the statement."""

import io
import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from tests.cli.running import Shell
from tests.reports.test_command import AS_OF
from tests.reports.test_files import sheets
from tests.reports.test_pdf import text_of


def amounts(section: str) -> list[Decimal]:
    """The exact values behind a section's numbers, in their order."""
    return [Decimal(value) for value in re.findall(r'<data value="([^"]+)"', section)]


def stated(imcost: Shell) -> list[dict[str, Any]]:
    """The month's statements."""
    found = imcost("--as-of", AS_OF, "statement", "2026-10", "--json").json["statements"]
    return list(found)


def test_page_workbook_and_document_say_what_the_statements_say(imcost: Shell, tmp_path: Path) -> None:
    statements = stated(imcost)
    lines = [line for each in statements for line in each["lines"]]
    total = sum(Decimal(each["total"]) for each in statements)
    payable = sum(Decimal(each["payable"]) for each in statements)
    by_charge: Counter[str] = Counter()
    for line in lines:
        by_charge[line["charge"]] += Decimal(line["amount"])  # type: ignore[assignment]

    html, xlsx = tmp_path / "october.html", tmp_path / "october.xlsx"
    answer = imcost("--as-of", AS_OF, "report", "2026-10", "--html", html, "--xlsx", xlsx, "--format", "json")
    document = answer.json
    assert (Decimal(document["total"]), Decimal(document["payable"])) == (total, payable)
    assert {line["line_id"]: line["amount"] for line in document["bill"]["lines"]} == {
        line["line_id"]: line["amount"] for line in lines
    }

    page = html.read_text()
    summary = page.partition('<section id="summary"')[2].partition("</section>")[0]
    assert {total, payable} <= set(amounts(summary))
    section = page.partition('<section id="by-charge"')[2].partition("</section>")[0]
    said = amounts(section)
    assert {amount for amount in by_charge.values() if amount} <= set(said)
    assert total in said

    book = sheets(xlsx.read_bytes())
    cells = [
        Decimal(cell[2])
        for rows in book.values()
        for row in rows
        for cell in row.values()
        if cell[1] == "n" and cell[2]
    ]
    near = Decimal("1E-9")
    for number in (total, payable, *by_charge.values()):
        assert any(abs(cell - number) < near for cell in cells), number


@pytest.mark.slow
def test_the_pdf_says_what_the_statements_say_and_carries_the_document(imcost: Shell, tmp_path: Path) -> None:
    payable = sum(Decimal(each["payable"]) for each in stated(imcost))
    pdf = tmp_path / "october.pdf"
    document = imcost("--as-of", AS_OF, "report", "2026-10", "--pdf", pdf, "--format", "json").json
    printed = pdf.read_bytes()
    assert f"{payable:.2f}" in text_of(printed, tmp_path)
    with pikepdf.open(io.BytesIO(printed)) as opened:
        attached = json.loads(opened.attachments["imcost-2026-10.json"].get_file().read_bytes())
    assert attached == document
