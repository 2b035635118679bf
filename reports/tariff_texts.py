"""Texts of tariffs in a report's language: those of the shipped ones are messages, a user's own stand as they are written.

The shipped tariffs are written in English, and each of their texts is the id of its message in `tariffs/`. Where a closed month
was priced by an older tariff whose texts have no message any more, these stand as they are written, too.
"""

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path

from reports.i18n import compiled
from rules.tariff import shipped

FOLDER = Path(__file__).parent / "tariffs"
WRITTEN_IN = "en"


def tariff_text(text: str, tariff: str, language: str) -> str:
    """A text that the tariff of that id has (a title, a source, when it was read, a note) in the language."""
    if not text or language == WRITTEN_IN or tariff not in shipped():
        return text
    return _messages(language).gettext(text)


@cache
def _messages(language: str) -> gettext.GNUTranslations:
    return gettext.GNUTranslations(BytesIO(compiled(FOLDER, language)))
