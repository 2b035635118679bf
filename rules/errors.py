"""The root of every error that a user can act on: what is wrong, where, and what to do, in one line."""


class ImcostError(Exception):
    """Something is wrong with input, configuration or use; `str()` is one line."""

    def __init__(self, message: str, *, place: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.hint = hint

    def __str__(self) -> str:
        """`place: message; hint`, without line breaks."""
        text = self.message if self.place is None else f"{self.place}: {self.message}"
        if self.hint is not None:
            text = f"{text}; {self.hint}"
        return " ".join(text.split())


class RulesError(ImcostError):
    """A value that the rules cannot take: a month, an instant, a unit."""


class TariffError(RulesError):
    """A tariff that cannot be used; the place is its file and entry."""


def nearest(name: str, known: "list[str] | tuple[str, ...]") -> str:
    """What to write instead of an unknown name: the nearest known one, else all of them."""
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
