"""Durations as people write them, in whole seconds: 90s, 5m, 3h, 7d, 1h30m, and ISO 8601 such as PT5M or P3D."""

import re
from decimal import Decimal, InvalidOperation
from typing import Final

from rules.errors import PeriodError
from rules.period import DAY_S, HOUR_S

LONGEST_S: Final = 36_500 * DAY_S
"""A hundred years: whatever is longer is a slip."""

_UNIT_S = {"w": 7 * DAY_S, "d": DAY_S, "h": HOUR_S, "m": 60, "s": 1}
_NUMBER = r"([0-9]{1,12}(?:\.[0-9]{1,9})?)"
_SHORT = re.compile("".join(rf"(?:{_NUMBER}\s*{unit}\s*)?" for unit in _UNIT_S))
_ISO = re.compile(rf"P(?:{_NUMBER}W)?(?:{_NUMBER}D)?(?:T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?")
_HINT = "write 90s, 5m, 3h, 7d, 1h30m, or ISO 8601 such as PT5M"


def parse_duration(text: str) -> int:
    """The seconds that a text names, from 0 to a hundred years; parts of a second are refused, and so are months and years."""
    written = text.strip()
    if written.startswith("-"):
        raise PeriodError(f"{text!r} is negative", hint="no time is shorter than none")
    match = _SHORT.fullmatch(written.lower()) or _ISO.fullmatch(written.upper())
    if match is None or not any(match.groups()):
        raise PeriodError(f"{text!r} is no duration", hint=_HINT)
    try:
        seconds = sum(
            (
                Decimal(said) * unit
                for said, unit in zip(match.groups(), _UNIT_S.values(), strict=True)
                if said
            ),
            Decimal(0),
        )
    except InvalidOperation:
        raise PeriodError(f"{text!r} is no duration", hint=_HINT) from None
    if seconds != int(seconds):
        raise PeriodError(f"{text!r} is no whole number of seconds", hint="time is metered in whole seconds")
    if seconds > LONGEST_S:
        raise PeriodError(f"{text!r} is too long", hint="write at most 36500d, a hundred years")
    return int(seconds)


def duration_label(seconds: int) -> str:
    """A duration as people write it, in days, hours, minutes and seconds: 3d, 1h30m, 0s."""
    parts = []
    left = seconds
    for unit in ("d", "h", "m", "s"):
        count, left = divmod(left, _UNIT_S[unit])
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
