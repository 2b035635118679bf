"""Thresholds as people write them: shares ("80%"), counts or amounts ("45") and lengths of time ("4h"), read exactly."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rules.money import plain, scaled
from rules.period import DAY_S, HOUR_S

_SHARE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?) ?%")
_COUNT = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,10})?")
_LENGTH = re.compile(r"(?:([0-9]{1,5})d)?(?:([0-9]{1,5})h)?(?:([0-9]{1,5})m)?(?:([0-9]{1,6})s)?")
_PARTS_S = (DAY_S, HOUR_S, 60, 1)
_WHOLE = Fraction(100)


class UnreadableError(ValueError):
    """A text that is no share, count or length of time; the message says what to write."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share of a limit in percent, or an absolute count or amount; `text` is how it was written."""

    text: str
    percent: Fraction | None
    count: Fraction | None

    def at(self, limit: Decimal | None) -> Fraction | None:
        """The value from which on it is reached; None where it is a share and the limit isn't known."""
        if self.count is not None:
            return self.count
        return None if limit is None or self.percent is None else self.percent * Fraction(limit) / _WHOLE


def parse_threshold(text: str) -> Threshold:
    """The threshold that a text such as "80%" or "45" names; it is above zero."""
    share, count = _SHARE.fullmatch(text), _COUNT.fullmatch(text)
    value = Fraction(share[1]) if share else Fraction(text) if count else None
    if value is None or value <= 0:
        raise UnreadableError('write a share such as "80%", or a number such as "45", above zero')
    return Threshold(text, value if share else None, None if share else value)


def parse_points(text: str) -> Fraction:
    """Points of a share, such as "5%", in percent; zero is allowed."""
    share = _SHARE.fullmatch(text)
    if share is None or Fraction(share[1]) >= _WHOLE:
        raise UnreadableError('write points of the share below 100, such as "5%"')
    return Fraction(share[1])


def parse_length(text: str) -> int:
    """The seconds in a length of time: "7d", "4h", "90m", "30s", "1d12h", "0m"."""
    found = _LENGTH.fullmatch(text)
    if found is None or not any(found.groups()):
        raise UnreadableError('write a length of time such as "30m", "4h" or "7d"')
    return sum(int(part or 0) * length_s for part, length_s in zip(found.groups(), _PARTS_S, strict=True))


def length_text(length_s: int) -> str:
    """A length of time in its two largest parts: 3d 4h, 12m, 0m."""
    parts: list[tuple[int, str]] = []
    for unit_s, letter in zip(_PARTS_S, "dhms", strict=True):
        count, length_s = divmod(length_s, unit_s)
        if count or parts:
            parts.append((count, letter))
    shown = [f"{count}{letter}" for count, letter in parts[:2] if count]
    return " ".join(shown) or "0m"


def share_of(value: Decimal | None, limit: Decimal | None) -> Fraction | None:
    """The exact share, 1 for all of it; None where either isn't known or the limit is zero."""
    return None if value is None or not limit else Fraction(value) / Fraction(limit)


def share_text(share: Fraction | None) -> str | None:
    """A share as a plain decimal of at most four places, rounded half up: 0.84, 0.8333."""
    if share is None:
        return None
    units = (2 * share.numerator * 10_000 + share.denominator) // (2 * share.denominator)
    return plain(scaled(units, 4))


def percent_text(share: Fraction) -> str:
    """A share in percent with at most one decimal, cut down, so that nothing reads as reached that isn't: 84%, 79.9%."""
    tenths = share.numerator * 1000 // share.denominator
    return plain(scaled(tenths, 1)) + "%"
