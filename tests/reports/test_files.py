"""The same numbers everywhere: read back from the JSON document, the workbook and the PDF, they are the bill's."""

import csv
import io
import json
import re
from decimal import Decimal
from xml.etree import ElementTree
from zipfile import ZipFile

import pikepdf
import pytest

from billing.bill import exact_sum
from reports.document import attachments, document, document_text, lines_csv
from reports.page import render_for_print
from reports.pdf import render_pdf
from reports.workbook import workbook
from tests.reports.build import AFTER, HOSTILE, full, metered, report

FULL = full()
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
NAMES = tuple(name for name in HOSTILE if "\ud800" not in name)
"""Half a surrogate pair is no text that an import lets in."""

CLOSE = Decimal("0.0000001")


def amounts_of(groups: list[dict[str, str]]) -> Decimal:
    return exact_sum(Decimal(one["amount"]) for one in groups)


def test_the_document_has_the_bills_numbers_and_its_groups_sum_to_them() -> None:
    found = document(FULL)
    assert Decimal(found["total"]) == FULL.bill.total
    assert Decimal(found["payable"]) == FULL.settled.payable
    parts = ("total", "corrections", "rounding_adjustment")
    assert exact_sum(Decimal(found[name]) for name in parts) == Decimal(found["payable"])
    assert [one["account_id"] for one in found["statements"]] == ["flink", "spark"]
    assert found["reconciliation"]["difference"] == "2"
    assert exact_sum(Decimal(one["payable"]) for one in found["accounts"]) == FULL.settled.payable
    for by in ("cache", "account", "region", "day"):
        assert amounts_of(found["groups"][by]) == FULL.bill.total, by
    assert found["bill"] == FULL.bill.to_json()
    change = found["previous_month"]
    assert exact_sum(Decimal(change[name]) for name in ("price", "quantity", "mix")) == Decimal(
        change["change"]
    )
    assert found["year_ago"] is None
    assert [month["month"] for month in found["trend"]][::6] == ["2025-10", "2026-04", "2026-10"]
    assert found["recommendations"]["each"][0]["saving"] == "3.5"


def test_the_document_has_budgets_alerts_quotas_caches_and_findings() -> None:
    found = document(FULL)
    assert [(one["name"], one["actual"], one["forecast"]) for one in found["budgets"]] == [
        ("flink", "7.25", None), ("spark", "6.25", None),
    ]  # fmt: skip
    assert [(one["peak_percent"], one["resolved_at"] is None) for one in found["alerts"]] == [
        ("98", False), ("98", True),
    ]  # fmt: skip
    assert [(one["used"], one["limit"], len(one["days"])) for one in found["quotas"]] == [(40, 50, 31)] * 2
    assert [(one["cache_name"], one["end"], one["starts"]) for one in found["caches"]] == [
        ("flink", "failed", 1), ("spark", "expired", 1),
    ]  # fmt: skip
    for one in found["findings"]["costs"]:
        assert amounts_of(one["caches"]) == Decimal(one["amount"])
    assert [one["saving"] for one in found["findings"]["savings"]] == ["0.5"] * 3


def test_no_number_of_the_document_is_a_binary_fraction() -> None:
    def check(value: object) -> None:
        assert type(value).__name__ != "fl" + "oat", value
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            check(inner)

    check(json.loads(document_text(FULL)))


def test_the_lines_as_csv_are_the_bills() -> None:
    rows = list(csv.DictReader(io.StringIO(lines_csv(FULL))))
    assert exact_sum(Decimal(row["amount"]) for row in rows) == FULL.bill.total
    assert [row["line_id"] for row in rows] == [line.line_id for line in FULL.bill.lines]


def test_names_are_no_formulas_in_csv_and_credits_stay_numbers() -> None:
    credit = FULL.bill.lines[0]._replace(amount=Decimal("-1.5"), account_id="=1+1")
    [row] = csv.DictReader(io.StringIO(lines_csv(report(metered([credit])))))
    assert (row["amount"], row["account_id"]) == ("-1.5", "'=1+1")


def sheets(content: bytes) -> dict[str, list[dict[str, tuple[str | None, str, str]]]]:
    """Each sheet's rows: by column letter the formula, if any, the type and the value of a cell."""
    with ZipFile(io.BytesIO(content)) as book:
        names = [
            sheet.attrib["name"]
            for sheet in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{SHEET}sheet")
        ]
        found = {}
        for number, name in enumerate(names, start=1):
            tree = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
            found[name] = [
                {
                    re.sub(r"\d", "", cell.attrib["r"]): (
                        cell.findtext(f"{SHEET}f"),
                        cell.attrib.get("t", "n"),
                        cell.findtext(f"{SHEET}v") or "",
                    )
                    for cell in row
                }
                for row in tree.iter(f"{SHEET}row")
            ]
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_workbook_has_numbers_and_its_sums_are_formulas_that_agree(language: str) -> None:
    found = sheets(workbook(FULL, language))
    assert len(found) == 6 + len(FULL.by_tag) + 3 + 5
    sums = 0
    for name, rows in found.items():
        for column, (formula, _, value) in rows[-1].items():
            if formula is not None:
                cells = [row[column] for row in rows[1:-1] if column in row]
                assert formula == f"SUM({column}2:{column}{len(rows) - 1})" or formula.startswith(
                    f"SUM({column}2:"
                )
                assert all(kind == "n" for _, kind, _ in cells), name
                assert (
                    abs(exact_sum(Decimal(cell[2]).quantize(CLOSE) for cell in cells) - Decimal(value))
                    < CLOSE * 100
                )
                sums += 1
    assert sums >= 15
    summary = next(iter(found.values()))
    assert abs(Decimal(summary[4]["B"][2]) - FULL.settled.payable) < CLOSE
    lines, corrections, differences = list(found.values())[-3:]
    assert abs(Decimal(corrections[-1]["J"][2]) - FULL.settled.corrections) < CLOSE
    assert Decimal(differences[-1]["B"][2]) == 2
    assert abs(Decimal(lines[-1]["K"][2]) - FULL.bill.total) < CLOSE


def test_a_workbook_of_hostile_names_has_no_formula_but_sums_and_no_link() -> None:
    content = workbook(full(NAMES), "en")
    formulas = [
        cell[0] for rows in sheets(content).values() for row in rows for cell in row.values() if cell[0]
    ]
    assert formulas
    assert all(re.fullmatch(r"SUM\([A-Z]2:[A-Z]\d+\)", formula) for formula in formulas)
    with ZipFile(io.BytesIO(content)) as book:
        assert not any("hyperlink" in book.read(name).decode() for name in book.namelist())


def test_an_empty_month_has_a_document_and_a_workbook() -> None:
    data = report(metered([]))
    assert document(data)["total"] == "0"
    assert len(sheets(workbook(data, "en"))) == 7


def test_the_same_data_give_the_same_workbook() -> None:
    assert workbook(FULL, "en") == workbook(full(), "en")


def is_a(item: pikepdf.Object, type_: str) -> bool:
    """Whether a part of a PDF is a dictionary of this type."""
    return isinstance(item, pikepdf.Dictionary) and item.get("/Type") == type_


def test_the_pdf_is_for_archives_and_for_everyone_and_carries_its_data() -> None:
    page = render_for_print(FULL, "en")
    content = render_pdf(page, attached=attachments(FULL), created=AFTER).content
    assert content == render_pdf(page, attached=attachments(FULL), created=AFTER).content
    with pikepdf.open(io.BytesIO(content)) as pdf:
        metadata = pdf.Root.Metadata.read_bytes()
        ElementTree.fromstring(metadata)
        assert b'pdfaid:part="3"' in metadata
        assert b'pdfaid:conformance="A"' in metadata
        assert b'pdfuaid:part="1"' in metadata
        assert b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>" in metadata
        assert "/StructTreeRoot" in pdf.Root
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert [one.AFRelationship for one in pdf.Root.AF] == ["/Data", "/Data"]
        assert len(pdf.trailer.ID) == 2
        fonts = [each for each in pdf.objects if is_a(each, "/FontDescriptor")]
        assert fonts
        assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)
        links = [each for each in pdf.objects if is_a(each, "/Annot")]
        assert links
        assert {link.F for link in links} == {4}, "links that are not printed"
        names = {name: file.get_file().read_bytes() for name, file in pdf.attachments.items()}
    assert sorted(names) == ["imcost-2026-10-lines.csv", "imcost-2026-10.json"]
    assert json.loads(names["imcost-2026-10.json"]) == document(FULL)
    assert names["imcost-2026-10-lines.csv"].decode() == lines_csv(FULL)


@pytest.mark.parametrize(("paper", "width"), [("a4", 595), ("letter", 612)])
def test_the_paper_is_what_was_asked_for(paper: str, width: int) -> None:
    with pikepdf.open(io.BytesIO(render_pdf("<html lang=en><title>t</title>x", paper=paper).content)) as pdf:
        assert int(pdf.pages[0].mediabox[2]) == width
