"""Names from other people, made harmless before they stand on a page."""

import unicodedata

_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")


def clean(text: str) -> str:
    """The text on one line: what moves the cursor, reorders text or has no shape is written as its escape (`\\x1b`).

    Joiners stay, since scripts and emoji need them.
    """
    return "".join(
        char.encode("unicode_escape").decode("ascii")
        if unicodedata.category(char) in _UNPRINTABLE and char not in _JOINERS
        else char
        for char in text
    )
