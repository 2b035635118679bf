"""The report as one HTML page: self-contained, under a Content-Security-Policy that lets nothing in but its own style and script.

The same page is what a browser shows and prints and what becomes the PDF.
"""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from billing import __version__
from reports import i18n
from reports.branding import Branding
from reports.data import ReportData
from reports.document import document
from reports.explanations import articles
from reports.i18n import Formats, Words
from reports.names import clean
from reports.overrides import Overrides
from reports.sections import FOLDER, SECTIONS, section
from rules.period import rfc3339

_HERE = Path(__file__).parent
_DESIGN = _HERE / "design"
MESSAGES = _HERE / "messages"
_FONTS = ((400, "inter-latin-400-normal.woff2"), (600, "inter-latin-600-normal.woff2"))


_DIGIT_WIDTH = "0.648"
"""How wide Inter's tabular digits are, in em: what aligns numbers of different decimals at their point."""


class Look(NamedTuple):
    """What users change about the page: their branding, and sections whose template is their own."""

    branding: Branding = Branding()
    overrides: Overrides = Overrides()


PLAIN = Look()
"""The page as it ships."""


class Shown(NamedTuple):
    """One section of the page: its anchor, its heading and its content."""

    id: str
    title: Markup
    body: Markup


def render_page(data: ReportData, language: str, look: Look = PLAIN, *, printed: bool = False) -> str:
    """The whole page; the same data, language and look give the same text. `printed` leaves out what small screens alone show."""
    formats = Formats(language, currency=data.bill.currency, places=i18n.places_for(data.bill.total))
    shared = Words(language, MESSAGES)
    return render_document(
        "layout.html",
        language,
        script=(_DESIGN / "tables.js").read_text(encoding="utf-8"),
        version=__version__,
        title=_title(data, shared, formats),
        created=rfc3339(data.bill.as_of),
        sections=list(_sections(data, language, formats, look.overrides, printed=printed)),
        t=shared,
        branding=look.branding,
    )


def render_for_print(data: ReportData, language: str, look: Look = PLAIN) -> str:
    """The page as it is printed into a PDF: without the explanations, which would be most of its pages."""
    return render_page(replace(data, explanations=None), language, look, printed=True)


def render_document(
    template: str,
    language: str,
    *,
    script: str | None = None,
    branding: Branding = PLAIN.branding,
    **values: object,
) -> str:
    """A whole page from a template that extends base.html, in the design's style and under a policy for what it holds."""
    style = _style(Words(language, MESSAGES), branding)
    return (
        _environment()
        .get_template(template)
        .render(
            **values,
            branding=branding,
            language=language,
            policy=_policy(style, script),
            style=Markup(style),
            script=Markup(script or ""),
        )
    )


def page_title(data: ReportData, language: str) -> str:
    """The title of a report: its month, and the account or tag value that it is of."""
    formats = Formats(language, currency=data.bill.currency, places=i18n.places_for(data.bill.total))
    return _title(data, Words(language, MESSAGES), formats)


def _title(data: ReportData, t: Words, f: Formats) -> str:
    """The document's title as plain text; the template escapes it."""
    month = f.month(data.bill.month.from_s)
    title = t("document_title", month=Markup(month)).unescape()
    whose = _whose(data, t)
    return title if whose is None else f"{title} · {clean(whose)[:80]}"


def _whose(data: ReportData, t: Words) -> str | None:
    """The account or tag value that a report is of; None where it is of everything."""
    tag = data.tag
    if tag is None:
        return data.account
    if tag.untagged:
        return t("without_tag", key=tag.key).unescape()
    return t("tag_named", key=tag.key, value=tag.value or "").unescape()


def _sections(
    data: ReportData, language: str, formats: Formats, overrides: Overrides, *, printed: bool
) -> Iterator[Shown]:
    report = document(data) if overrides.names else None
    explained = articles(data, formats)
    for name in SECTIONS:
        words = Words(language, FOLDER / name)
        view = section(name).view(data, words, formats)
        if view is not None:
            values = {**view, "t": words, "f": formats, "x": explained, "printed": printed}
            if name in overrides.names:
                body = overrides.render(name, {**values, "report": report})
            else:
                body = _environment().get_template(f"sections/{name}/template.html").render(**values)
            yield Shown(name.replace("_", "-"), words("title"), Markup(body))


@cache
def _environment() -> Environment:
    """The templates below this folder; what is filled in is escaped, and what is missing is an error."""
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    add_filters(environment)
    return environment


def add_filters(environment: Environment) -> None:
    """What templates may do to a value, besides Jinja's own."""
    environment.filters["name"] = i18n.name


def _policy(style: str, script: str | None) -> str:
    """Nothing is loaded from anywhere: the style and script by their digests, fonts and images that the page itself holds."""
    scripts = "" if script is None else f"script-src '{_digest(script)}'; "
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; {scripts}font-src data:; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _style(t: Words, branding: Branding) -> str:
    """The style sheet with the fonts in it, the lengths of bars, and the foot of a printed page."""
    faces = "".join(_font_face(weight, file) for weight, file in _FONTS)
    sheet = (_DESIGN / "style.css").read_text(encoding="utf-8")
    lengths = "".join(f".w{percent}{{width:{percent}%}}" for percent in range(101))
    lengths += "".join(
        f".p{digits}{{padding-right:calc({digits} * {_DIGIT_WIDTH}em)}}" for digits in range(9)
    )
    foot = _css_text(branding.footer or t("made_by", version=__version__).unescape())
    feet = f"@page{{@bottom-left{{content:{foot}}}@bottom-right{{content:{_page_number(t)}}}}}"
    return "\n".join((faces, sheet, lengths, feet, branding.style()))


def _css_text(text: str) -> str:
    """A text as CSS and HTML read it, whatever is in it: all but letters and digits is written as its escape.

    Blanks, too: one that follows an escape would be taken as its end.
    """
    return '"' + "".join(char if char.isalnum() else f"\\{ord(char):06x}" for char in text) + '"'


def _font_face(weight: int, file: str) -> str:
    font = b64encode((_DESIGN / "fonts" / file).read_bytes()).decode()
    return (
        f'@font-face{{font-family:"Inter";font-weight:{weight};font-style:normal;'
        f'src:url("data:font/woff2;base64,{font}") format("woff2")}}'
    )


def _page_number(t: Words) -> str:
    """`Page {page} of {pages}` as the value of a CSS `content`."""
    message = t("page_of", page=Markup("\0counter(page)\0"), pages=Markup("\0counter(pages)\0"))
    return " ".join(part if index % 2 else f'"{part}"' for index, part in enumerate(str(message).split("\0")))
