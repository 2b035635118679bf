"""The root of every exception that the project raises on purpose, and how an error names what was meant."""

from collections.abc import Iterable


class ImcostError(Exception):
    """Something that the caller can put right: what is wrong, where, and what to do, on one line.

    `place` is a file and entry, an option or a setting; `hint` says what to do. Both may be absent.
    """

    def __init__(self, message: str, *, place: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.hint = hint

    def __str__(self) -> str:
        place = f" ({self.place})" if self.place else ""
        hint = f": {self.hint}" if self.hint else ""
        return " ".join(f"{self.message}{place}{hint}".split())


class RulesError(ImcostError):
    """A rule was asked something that it has no answer to."""


class PeriodError(RulesError):
    """A text that is no instant, date or month, or an instant without a zone."""


class UnitError(RulesError):
    """A unit that does not exist, or two that don't measure the same thing."""


class TariffError(RulesError):
    """A tariff that is not known, can't be read or breaks a rule; the place is its file and entry."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is nearest to a name that is not known, None where none is near."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, list(known), n=1, cutoff=0.6)), None)


def suggestion(name: str, known: Iterable[str]) -> str:
    """What to do about a name that is not known: the nearest known one, else all of them."""
    names = list(known)
    near = nearest(name, names)
    return f"use one of {', '.join(names)}" if near is None else f"did you mean {near!r}?"
