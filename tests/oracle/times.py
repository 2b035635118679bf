"""Reads instants and months for the oracle: everything is whole seconds since 1970-01-01T00:00:00Z, cut down."""

import re
from datetime import date

HOUR = 3600
DAY = 24 * HOUR
UTC8 = 8 * HOUR
NEVER = 10**12
"""Later than every instant."""

_RFC3339 = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[Tt ](?P<h>\d{2}):(?P<m>\d{2}):(?P<s>\d{2})(\.(?P<fraction>\d{1,6}))?"
    r"(?P<zone>[Zz]|(?P<sign>[+-])(?P<zh>\d{2}):(?P<zm>\d{2}))"
)


def microsecond(text: str) -> int:
    """The instant in microseconds."""
    found = _RFC3339.fullmatch(text)
    assert found, text
    midnight = (date.fromisoformat(found["day"]).toordinal() - date(1970, 1, 1).toordinal()) * DAY
    clock = int(found["h"]) * HOUR + int(found["m"]) * 60 + int(found["s"])
    offset = 0
    if found["sign"]:
        offset = (int(found["zh"]) * HOUR + int(found["zm"]) * 60) * (1 if found["sign"] == "+" else -1)
    return (midnight + clock - offset) * 10**6 + int((found["fraction"] or "").ljust(6, "0"))


def second(text: str) -> int:
    """The instant cut down to the second."""
    return microsecond(text) // 10**6


def month_start(label: str) -> int:
    """00:00 of the month's first day, UTC+8."""
    year, month = map(int, label.split("-"))
    return (date(year, month, 1).toordinal() - date(1970, 1, 1).toordinal()) * DAY - UTC8


def next_month(label: str) -> str:
    """The month after, 2024-01 after 2023-12."""
    year, month = map(int, label.split("-"))
    return f"{year + month // 12:04d}-{month % 12 + 1:02d}"


def month_window(label: str) -> tuple[int, int]:
    """The month, half-open."""
    return month_start(label), month_start(next_month(label))


def day_starts(label: str) -> list[int]:
    """00:00 UTC+8 of each day of the month."""
    begin, end = month_window(label)
    return list(range(begin, end, DAY))


def written(microseconds: int, offset_minutes: int = 0) -> str:
    """The instant in RFC 3339 with an offset: Z for 0, and no more decimals than it has."""
    seconds, fraction = divmod(microseconds, 10**6)
    days, clock = divmod(seconds + offset_minutes * 60, DAY)
    day = date.fromordinal(date(1970, 1, 1).toordinal() + days).isoformat()
    decimals = f".{fraction:06d}".rstrip("0") if fraction else ""
    sign, away = ("-", -offset_minutes) if offset_minutes < 0 else ("+", offset_minutes)
    zone = f"{sign}{away // 60:02d}:{away % 60:02d}" if offset_minutes else "Z"
    return f"{day}T{clock // HOUR:02d}:{clock // 60 % 60:02d}:{clock % 60:02d}{decimals}{zone}"
