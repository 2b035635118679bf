"""A checker of PDF/UA-1 and of WCAG 2.2 finds nothing in the PDF's tags, whatever the report holds."""

import warnings
from pathlib import Path

import pytest

from reports.data import ReportData
from reports.page import render_for_print
from reports.pdf import render_pdf
from tests.reports.build import HOSTILE, full, metered, report

with warnings.catch_warnings():
    warnings.simplefilter(
        "ignore", DeprecationWarning
    )  # The modules of PyMuPDF's generator lack names that Python wants.
    from outloud import check

GUESSES = ["TBL-010", "FIG-012"]
"""Rules that guess wrongly: that headings are wrapped where one row of a table stands alone on a page, and that Chinese, which
has no spaces, is no language."""


def findings(pdf: bytes, folder: Path) -> list[tuple[str, str]]:
    """What the checker finds, each with its rule."""
    path = folder / "report.pdf"
    path.write_bytes(pdf)
    result = check(str(path), skip=GUESSES)
    assert result.error is None
    assert result.stats["tagged"]
    return [(finding.rule, finding.message) for finding in result.findings]


def test_nothing_is_found_in_a_full_report(tmp_path: Path) -> None:
    assert findings(render_pdf(render_for_print(full(), "en")).content, tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "data", [report(metered([])), full(HOSTILE)], ids=["an empty month", "hostile names"]
)
def test_nothing_is_found_in_others(data: ReportData, language: str, tmp_path: Path) -> None:
    assert findings(render_pdf(render_for_print(data, language)).content, tmp_path) == []


def test_tags_that_lead_nowhere_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.pdf.mend_structure", lambda pdf: None)
    page = "<ul><li>x</ul><table><thead><tr><th>a<th>b<tbody><tr><th>c<td>d</table><dl><div><dt>e<dd>f</div></dl>"
    pdf = render_pdf(f"<!doctype html><html lang=en><title>t</title>{page}").content
    assert {"LST-001", "LST-003", "TBL-002"} <= {rule for rule, _ in findings(pdf, tmp_path)}
