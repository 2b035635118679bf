"""Branding: the name, logo, colour and footer that `[report]` of the settings gives to reports, checked before rendering."""

import re
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from billing.settings import Settings, SettingsError, place_of
from reports.logo import read_logo

READABLE = Decimal("4.5")
"""The contrast with the paper that WCAG 2.2 asks of text at level AA."""

PAPER, DARK_PAPER = "#ffffff", "#14191f"
LONGEST = {"name": 60, "footer": 100}

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_WEIGHTS = (Decimal("0.2126"), Decimal("0.7152"), Decimal("0.0722"))


class Branding(NamedTuple):
    """What a user's reports carry besides our own design; every part may be absent.

    logo: a `data:` address. colour, dark_colour: `#rrggbb`, readable on the paper, and on the dark screen.
    """

    name: str | None = None
    logo: str | None = None
    colour: str | None = None
    dark_colour: str | None = None
    footer: str | None = None

    def style(self) -> str:
        """The rules that give links, and the line above the report, the colour."""
        if self.colour is None:
            return ""
        rule = ":root{{--accent:{0}}}.masthead{{border-top-color:{0}}}"
        dark = rule.format(self.dark_colour)
        return f"{rule.format(self.colour)}@media screen and (prefers-color-scheme:dark){{{dark}}}"


def read_branding(settings: Settings, path: Path) -> Branding:
    """What `[report]` says, in the settings file at `path`; a logo's file is relative to it."""
    found = settings.report
    for key, longest in LONGEST.items():
        text = found.get(key, "")
        if len(text) > longest or not text.isprintable():
            raise SettingsError(
                f"report.{key} is no single line of at most {longest} characters",
                place=place_of(path, f"report.{key}"),
                hint="write a shorter one",
            )
    if "logo" in found and "name" not in found:
        raise SettingsError(
            "report.logo is without report.name",
            place=place_of(path, "report.logo"),
            hint='write name = "…", which is read aloud instead of the logo',
        )
    colour = _colour(found["colour"], path) if "colour" in found else None
    return Branding(
        name=found.get("name"),
        logo=read_logo(path.parent / found["logo"]) if "logo" in found else None,
        colour=colour,
        dark_colour=None if colour is None else lightened(colour),
        footer=found.get("footer"),
    )


def _colour(text: str, path: Path) -> str:
    place = place_of(path, "report.colour")
    if not _COLOUR.fullmatch(text):
        raise SettingsError(f"report.colour is {text!r}", place=place, hint='write it as "#1f5a96"')
    found = contrast(text, PAPER)
    if found < READABLE:
        raise SettingsError(
            f"report.colour {text} can't be read on white: its contrast is {found:.2f}, and text needs {READABLE}",
            place=place,
            hint="take a darker one",
        )
    return text.lower()


def contrast(one: str, other: str) -> Decimal:
    """The contrast of two colours `#rrggbb` by WCAG 2.2, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + Decimal("0.05")) / (low + Decimal("0.05"))


def lightened(colour: str) -> str:
    """The colour with as little white in it as lets it be read on the dark screen."""
    parts = _parts(colour)
    for percent in range(101):
        mixed = "#" + "".join(f"{part + (255 - part) * percent // 100:02x}" for part in parts)
        if contrast(mixed, DARK_PAPER) >= READABLE:
            return mixed
    raise AssertionError("white can be read on the dark screen")


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def _luminance(colour: str) -> Decimal:
    total = Decimal(0)
    for weight, part in zip(_WEIGHTS, _parts(colour), strict=True):
        share = Decimal(part) / 255
        linear = (
            share / Decimal("12.92")
            if share <= Decimal("0.04045")
            else ((share + Decimal("0.055")) / Decimal("1.055")) ** Decimal("2.4")
        )
        total += weight * linear
    return total
