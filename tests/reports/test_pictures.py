"""Golden pictures: pages of the PDF as they looked when somebody looked at them, and the data that they were made from.

`python -m tests.reports.test_pictures` draws them anew; look at what changed before you commit it.
"""

import json
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from PIL import Image, ImageChops, ImageStat

from reports.document import document_text
from reports.page import render_for_print
from reports.pdf import render_pdf
from tests.reports.build import full

GOLDEN = Path(__file__).parent / "golden"
DPI = 50
PAGES = (("en", 1), ("en", 2), ("zh", 1))
"""The pages that are kept: the first in both languages, and one of tables and charts."""

SOFT, FAR = 1, 40
"""How far off the mean of a picture may be, in shades, and from how many shades on one pixel counts as different."""

DIFFERENT = 200
"""One in so many pixels may be different: edges of letters, no words."""


def machine() -> dict[str, str]:
    """What pictures depend on besides our own code: who lays out, who draws, and the fonts that our own are completed by."""
    said = subprocess.run(["pdftoppm", "-v"], capture_output=True, text=True, check=False).stderr
    fonts = {
        name: subprocess.run(
            ["fc-match", f"{name}:lang={language}", "family"], capture_output=True, text=True, check=True
        ).stdout.strip()
        for name, language in (("sans", "zh-cn"), ("sans-serif", "en"))
    }
    return {"pdftoppm": said.split("\n")[0].split()[-1], "weasyprint": version("weasyprint"), **fonts}


def drawn(language: str, page: int, folder: Path) -> Image.Image:
    """A page of the report as a picture in grey."""
    pdf, out = folder / f"{language}.pdf", folder / f"{language}-{page}"
    if not pdf.exists():
        pdf.write_bytes(render_pdf(render_for_print(full(), language)).content)
    command = [
        "pdftoppm",
        "-png",
        "-gray",
        "-singlefile",
        "-r",
        str(DPI),
        "-f",
        str(page),
        "-l",
        str(page),
        pdf,
        out,
    ]
    subprocess.run(list(map(str, command)), check=True)
    with Image.open(out.with_suffix(".png")) as picture:
        return picture.convert("L")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pages are drawn, on a machine that draws as the one did that drew the golden pictures."""
    if shutil.which("pdftoppm") is None or shutil.which("fc-match") is None:
        pytest.skip("pdftoppm (poppler-utils) or fc-match (fontconfig) is not installed")
    golden = json.loads((GOLDEN / "machine.json").read_text())
    if golden != machine():
        pytest.skip(f"the golden pictures were drawn by {golden}, here is {machine()}")
    return tmp_path_factory.mktemp("pictures")


def differences(one: Image.Image, other: Image.Image) -> tuple[int, int]:
    """The mean difference in hundredths of a shade, and how many of a million pixels are different."""
    apart = ImageChops.difference(one, other)
    histogram = apart.histogram()
    mean = int(ImageStat.Stat(apart).mean[0] * 100)
    return mean, sum(histogram[FAR:]) * 1_000_000 // sum(histogram)


@pytest.mark.slow
@pytest.mark.parametrize(("language", "page"), PAGES)
def test_a_page_looks_as_it_did(language: str, page: int, folder: Path) -> None:
    found = drawn(language, page, folder)
    with Image.open(GOLDEN / f"{language}-{page}.png") as golden:
        assert found.size == golden.size
        mean, different = differences(found, golden.convert("L"))
    kept = folder / f"{language}-{page}.png"
    assert mean <= SOFT * 100, f"look at {kept}"
    assert different <= 1_000_000 // DIFFERENT, f"look at {kept}"


@pytest.mark.slow
def test_another_page_is_another_picture(folder: Path) -> None:
    _, different = differences(drawn("en", 1, folder), drawn("zh", 1, folder))
    assert different > 1_000_000 // DIFFERENT


def test_the_data_are_what_they_were() -> None:
    assert document_text(full()) == (GOLDEN / "data.json").read_text(encoding="utf-8")


def draw() -> None:
    """Draw all anew."""
    GOLDEN.mkdir(exist_ok=True)
    (GOLDEN / "machine.json").write_text(json.dumps(machine(), indent=2) + "\n")
    (GOLDEN / "data.json").write_text(document_text(full()), encoding="utf-8")
    with TemporaryDirectory() as folder:
        for language, page in PAGES:
            picture = drawn(language, page, Path(folder)).quantize(16)
            picture.save(GOLDEN / f"{language}-{page}.png", optimize=True)


if __name__ == "__main__":
    draw()
