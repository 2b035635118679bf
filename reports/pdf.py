"""The page as a PDF: tagged for accessibility (PDF/UA-1) and kept by archives (PDF/A-3a), with bookmarks and its data attached.

The same page gives the same bytes.

The only user of WeasyPrint, which needs Pango from the system. Nothing is fetched: the page holds its own style and fonts.
"""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime
from hashlib import sha256
from io import StringIO
from typing import NamedTuple

from reports.archive import VARIANT, Attached, add_ua_metadata, as_weasyprint, name_files_once
from reports.errors import PdfEngineError
from reports.structure import mend_structure

try:
    with redirect_stdout(StringIO()):  # Where Pango is missing, WeasyPrint prints a page about it.
        from weasyprint import CSS, HTML  # type: ignore[import-untyped]
        from weasyprint.urls import URLFetcher  # type: ignore[import-untyped]
except OSError:
    raise PdfEngineError(
        "WeasyPrint can't find Pango, which lays out the PDF",
        hint="install it (Debian, Ubuntu: apt install libpangoft2-1.0-0 libharfbuzz-subset0; macOS: brew install pango),"
        " or ask for HTML alone with --html FILE",
    ) from None

PAPERS = {"a4": "A4", "letter": "letter"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_LOGGER = logging.getLogger("weasyprint")
_MISSING_GLYPH = "notdef glyph"


class Pdf(NamedTuple):
    """The file's bytes, and the characters that no installed font has."""

    content: bytes
    missing_glyphs: str


def render_pdf(
    page: str, *, attached: Sequence[Attached] = (), created: datetime = EPOCH, paper: str = "a4"
) -> Pdf:
    """Print a page of `render_page` on `paper`, one of PAPERS, with these files in it, which were `created` then."""
    with _missing_glyphs() as missing, warnings.catch_warnings():
        # WeasyPrint leaves the file of its colour profile for the garbage collector to close.
        warnings.simplefilter("ignore", ResourceWarning)
        content = HTML(
            string=page, base_url=None, url_fetcher=URLFetcher(allowed_protocols=("data",))
        ).write_pdf(
            stylesheets=[CSS(string=f"@page {{ size: {PAPERS[paper]} }}")],
            attachments=as_weasyprint(attached, created),
            finisher=_finish,
            pdf_variant=VARIANT,
            pdf_identifier=sha256(page.encode()).digest()[:16],
        )
    assert content is not None
    return Pdf(content, "".join(sorted(missing)))


def _finish(document: object, pdf: object) -> None:
    """What is changed of WeasyPrint's file before it is written."""
    mend_structure(pdf)
    add_ua_metadata(pdf)
    name_files_once(pdf)


def font_advice(missing_glyphs: str) -> str | None:
    """One line on which font package is missing, None where every character has a shape."""
    if not missing_glyphs:
        return None
    chinese = any("\u2e80" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" for char in missing_glyphs)
    package = (
        "fonts-wqy-microhei or fonts-noto-cjk" if chinese else "fonts-noto-core and fonts-noto-color-emoji"
    )
    first = f"U+{ord(missing_glyphs[0]):04X}"
    return f"no installed font has {len(missing_glyphs)} of the PDF's characters ({first} first): install {package}"


@contextmanager
def _missing_glyphs() -> Iterator[set[str]]:
    """Collect the characters that WeasyPrint reports to have no glyph, and keep its log off the terminal."""
    found: set[str] = set()

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if _MISSING_GLYPH in str(record.msg) and isinstance(record.args, tuple):
                found.add(str(record.args[0]))

    collector, handlers, propagates = Collector(), _LOGGER.handlers[:], _LOGGER.propagate
    _LOGGER.handlers, _LOGGER.propagate = [collector], False
    try:
        yield found
    finally:
        _LOGGER.handlers, _LOGGER.propagate = handlers, propagates
