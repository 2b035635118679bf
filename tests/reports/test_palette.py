"""The palette, checked by a program: text can be read, and a bar's two colours stay apart in grey and for the colour-blind."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "reports" / "design" / "style.css").read_text()
READABLE = Decimal("4.5")
"""The contrast of text that WCAG 2.2 asks for at level AA; of what is drawn, 3."""

DRAWN = Decimal(3)

SEEN: dict[str, tuple[tuple[int | str, int | str, int | str], ...]] = {
    "trichromat": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanope": (
        ("0.152286", "1.052583", "-0.204868"),
        ("0.114503", "0.786281", "0.099216"),
        ("-0.003882", "-0.048116", "1.051998"),
    ),
    "deuteranope": (
        ("0.367322", "0.860646", "-0.227968"),
        ("0.280085", "0.672501", "0.047413"),
        ("-0.011820", "0.042940", "0.968881"),
    ),
    "tritanope": (
        ("1.255528", "-0.076749", "-0.178779"),
        ("-0.078411", "0.930809", "0.147602"),
        ("0.004733", "0.691367", "0.303900"),
    ),
    "grey": (("0.2126", "0.7152", "0.0722"),) * 3,
}
"""What is seen of linear red, green and blue: Machado, Oliveira and Fernandes 2009, severity 1; grey is the luminance."""


def palette(dark: bool) -> dict[str, str]:
    """The colours by name."""
    roots = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    light, darker = (
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", root)) for root in (roots[0], roots[-1])
    )
    return light | darker if dark else light


def linear(colour: str) -> list[Decimal]:
    """Red, green and blue, linear, from 0 to 1."""
    parts = (Decimal(int(colour[index : index + 2], 16)) / 255 for index in (1, 3, 5))
    bent = Decimal("0.055")
    return [
        part / Decimal("12.92")
        if part <= Decimal("0.04045")
        else ((part + bent) / (1 + bent)) ** Decimal("2.4")
        for part in parts
    ]


def seen(colour: str, by: str) -> list[Decimal]:
    rgb = linear(colour)
    return [
        sum((Decimal(weight) * part for weight, part in zip(row, rgb, strict=True)), Decimal(0))
        for row in SEEN[by]
    ]


def luminance(rgb: list[Decimal]) -> Decimal:
    return Decimal("0.2126") * rgb[0] + Decimal("0.7152") * rgb[1] + Decimal("0.0722") * rgb[2]


def contrast(one: list[Decimal], other: list[Decimal]) -> Decimal:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + Decimal("0.05")) / (low + Decimal("0.05"))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["ink", "muted", "accent", "alarm"])
def test_text_can_be_read(name: str, dark: bool) -> None:
    colours = palette(dark)
    assert contrast(linear(colours[name]), linear(colours["paper"])) >= READABLE
    if name in ("ink", "alarm"):
        assert contrast(linear(colours[name]), linear(colours["alarm-paper"])) >= READABLE


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("by", SEEN)
def test_use_and_creation_stay_apart(by: str, dark: bool) -> None:
    colours = palette(dark)
    least = Decimal("1.4") if dark else Decimal("2.2")
    assert contrast(seen(colours["usage"], by), seen(colours["creation"], by)) >= least


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_bars_of_use_stand_out_from_the_paper(dark: bool) -> None:
    colours = palette(dark)
    assert contrast(linear(colours["usage"]), linear(colours["paper"])) >= DRAWN


def test_charts_have_the_colours_of_the_style_sheet() -> None:
    from reports.charts import CREATION, INK, MUTED, RULE, USAGE

    light = palette(dark=False)
    assert [light[name] for name in ("usage", "creation", "ink", "muted", "rule")] == [
        USAGE,
        CREATION,
        INK,
        MUTED,
        RULE,
    ]
