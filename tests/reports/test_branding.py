"""Branding and users' own templates: what they change, and what is refused with its place."""

import zlib
from pathlib import Path

import pytest

from billing.settings import SettingsError, read_settings
from reports.branding import Branding, contrast, lightened, read_branding
from reports.logo import LogoError, read_logo
from reports.overrides import Overrides, OwnTemplateError
from reports.page import Look, render_page
from rules.money import plain
from tests.reports.build import HOSTILE, full, stored

FULL = full()
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:i="urn:editor" i:pose="1" viewBox="0 0 9 9">{}</svg>'


def chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + kind + content + zlib.crc32(kind + content).to_bytes(4)


def png(side: int = 1) -> bytes:
    head = side.to_bytes(4) * 2 + bytes((8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\x1f\x5a\x96"))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"tEXt", b"Author\0li")
        + pixels
        + chunk(b"IEND", b"")
    )


def branding(folder: Path, text: str) -> Branding:
    path = folder / "imcost.toml"
    path.write_text("[report]\n" + text)
    return read_branding(read_settings(path), path)


def test_name_logo_colour_and_footer_stand_in_the_report_under_the_same_policy(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text(SVG.format('<path d="M0 0h9v9z" fill="#1f5a96"/>'))
    text = 'name = "A & B"\nlogo = "logo.svg"\ncolour = "#7A1FA2"\nfooter = "Only \\"us\\" </style>"\n'
    found = branding(tmp_path, text)
    page = render_page(FULL, "en", Look(found))
    assert '<img src="data:image/svg+xml;base64,' in page
    assert 'alt="A &amp; B"' in page
    assert ":root{--accent:#7a1fa2}" in page
    assert "Only &#34;us&#34; &lt;/style&gt;" in page
    assert page.count("</style>") == 1
    assert 'content:"Only\\000020\\000022us' in page
    assert "img-src data:; base-uri &#39;none&#39;" in page
    assert "unsafe" not in page.partition("<style>")[0]
    assert found.dark_colour is not None
    assert contrast(found.dark_colour, "#14191f") >= 4
    assert lightened("#84b6ea") == "#84b6ea"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('colour = "#dd9a2b"', r"can't be read on white: its contrast is 2\.\d\d.*imcost.toml, line 2"),
        ('colour = "red"', "colour is 'red'.*line 2"),
        ('name = "' + "x" * 61 + '"', "at most 60 characters"),
        ('footer = "a\\nb"', "report.footer is no single line"),
        ('logo = "logo.png"', "without report.name"),
        ('name = "x"\nlogo = "logo.png"', "can't be read: No such file.*logo.png"),
        ('color = "#000000"', "unknown setting report.color.*did you mean 'colour'"),
    ],
)
def test_what_can_not_be_meant_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises((SettingsError, LogoError), match=said):
        branding(tmp_path, text)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"GIF89a", "neither PNG nor SVG"),
        (png()[:-20], "broken PNG"),
        (png(5000), "5000 × 5000 pixels"),
        (b"x" * 200_001, "more than 200,000 bytes"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "document type or entities"),
        (b"<svg/>", "no SVG drawing"),
        (SVG.format("<script>alert(1)</script>"), "has <script> in it"),
        (SVG.format("<foreignObject/>"), "has <foreignObject> in it"),
        (SVG.format('<image href="http://127.0.0.1/"/>'), "has <image> in it"),
        (SVG.format('<path onload="alert(1)"/>'), "onload would run"),
        (SVG.format('<path fill="url( http://127.0.0.1/x)"/>'), "fill would run or load"),
        (SVG.format('<path style="fill:u\\72l(x)"/>'), "style would run or load"),
        (SVG.format("<g>" * 40 + "</g>" * 40), "32 levels"),
    ],
)
def test_a_logo_that_does_more_than_draw_is_refused(tmp_path: Path, content: bytes | str, said: str) -> None:
    logo = tmp_path / "logo"
    logo.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(LogoError, match=said):
        read_logo(logo)


def test_a_logo_keeps_only_what_draws(tmp_path: Path) -> None:
    from base64 import b64decode

    logo = tmp_path / "logo"
    logo.write_bytes(png())
    picture = b64decode(read_logo(logo).removeprefix("data:image/png;base64,"))
    assert b"Author" not in picture
    assert picture[-8:-4] == b"IEND"
    logo.write_text(SVG.format('<metadata>li</metadata><i:x/><g><path d="M0 0"/></g>'))
    drawing = b64decode(read_logo(logo).partition(",")[2]).decode()
    assert drawing == (
        '<svg viewBox="0 0 9 9" xmlns="http://www.w3.org/2000/svg"><g><path d="M0 0" /></g></svg>'
    )


def own(folder: Path, text: str, section: str = "by_region") -> Look:
    (folder / f"{section}.html").write_text(text)
    return Look(overrides=Overrides(folder))


def test_an_own_template_stands_in_for_a_section_and_all_others_stay(tmp_path: Path) -> None:
    text = '<p class="mine">{{ report.total }} {{ report.groups.cache[0].account_id }}</p>{{ t("title") }}'
    data = full(tuple(map(stored, HOSTILE)))
    page = render_page(data, "en", own(tmp_path, text))
    mine = page.partition('<p class="mine">')[2].partition("</p>")[0]
    assert mine.startswith(f"{plain(data.bill.total)} ")
    assert "<" not in mine
    ours = render_page(data, "en")
    assert (
        page.partition('<section id="by-day">')[2][:500] == ours.partition('<section id="by-day">')[2][:500]
    )


def test_an_own_template_may_use_ours(tmp_path: Path) -> None:
    look = own(tmp_path, '{% include "sections/by_region/template.html" %}<p>and mine</p>')
    page, ours = render_page(FULL, "zh", look), render_page(FULL, "zh")
    assert "".join(page.replace("<p>and mine</p>", "").split()) == "".join(ours.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<p>\n{{ nothing }}", r"'nothing' is undefined \(.*by_region.html, line 2\)"),
        ("<p>\n\n{% for %}", r"by_region.html, line 3"),
        ("{{ 1 / 0 }}", r"ZeroDivisionError.*line 1"),
        ("{{ t('no_such_message') }}", r"line 1"),
        ("{{ ''.__class__.__mro__ }}", r"unsafe.*line 1"),
        ("\n{% autoescape false %}{{ 1 }}{% endautoescape %}", r"escaping can't be switched off.*line 2"),
        ("{{ '<b>'|safe }}", r"No filter named 'safe'.*line 1"),
        ("{% include '/etc/passwd' %}", r"TemplateNotFound.*line 1"),
        ("{% include '../../../etc/passwd' %}", r"TemplateNotFound.*line 1"),
        ("{% for i in range(10000000) %}{% endfor %}", r"Range too big.*line 1"),
    ],
)
def test_what_is_wrong_in_a_template_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(OwnTemplateError, match=said):
        render_page(FULL, "en", own(tmp_path, text))


def test_the_page_about_it_says_what_works(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "reports.md").read_text()
    settings = text.partition("```toml\n[report]\n")[2].partition("```")[0]
    (tmp_path / "logo.svg").write_text(SVG.format(""))
    assert all(branding(tmp_path, settings))
    template = text.partition("```html\n")[2].partition("```")[0]
    page = render_page(FULL, "en", own(tmp_path, template))
    assert "<p>3 regions:" in page or "<p>2 regions:" in page


def test_a_template_for_no_section_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OwnTemplateError, match=r"no section 'by_regoin'.*did you mean 'by_region'"):
        own(tmp_path, "", "by_regoin")
