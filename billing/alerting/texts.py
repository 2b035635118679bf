"""The languages of alerts: messages from one TOML file each, and names from other people made harmless to fill in."""

import tomllib
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files

from billing.errors import BillingError
from rules.money import round_amount, settle
from rules.period import rfc3339

LANGUAGES = ("en", "zh")

LONGEST_NAME = 40
"""Characters of a name in a message: it has to fit a phone."""

_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LOOKALIKES = str.maketrans("<>@*`[]|~#&\\", "‹›＠∗ˈ()¦∼♯＆∖")
"""What chat programs and mail readers take for markup, mentions or entities, and what is shown instead."""


class TextError(BillingError):
    """A message that no language file has: a bug of the program."""


class Texts:
    """The messages of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._messages = catalogue(language)

    def __call__(self, id: str, /, **filled: object) -> str:
        """The message of that id; whatever text is filled in must be harmless already."""
        if id not in self._messages:
            raise TextError(f"no message {id!r} in {self.language}")
        return self._messages[id].format(**filled)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All messages of a language, by id."""
    text = (files("billing.alerting") / "messages" / f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def name(text: str) -> str:
    """Someone else's text, on one line, without markup, and cut in the middle where it is long."""
    cleaned = "".join(
        " " if unicodedata.category(char) in _UNPRINTABLE else char for char in text.translate(_LOOKALIKES)
    )
    cleaned = " ".join(cleaned.split()) or "?"
    if len(cleaned) <= LONGEST_NAME:
        return cleaned
    half = (LONGEST_NAME - 1) // 2
    return f"{cleaned[:half]}…{cleaned[-half:]}"


def moment(at: datetime | int) -> str:
    """An instant of the billing zone to the minute, with its zone: 2026-11-30 21:30 +08:00."""
    text = rfc3339(at)
    return f"{text[:10]} {text[11:16]} {text[-6:]}"


def money(amount: Decimal) -> str:
    """An amount rounded half up to two decimals, with thousands marked: 1,234.50."""
    numerator, denominator = amount.as_integer_ratio()
    return format(settle(round_amount(numerator, denominator), "half-up").payable, ",")
