"""Instants, billing months, days and clock hours of the billing zone, UTC+8; the only user of pendulum.

Everything is half-open, [from, until), in whole epoch seconds. The zone is Asia/Shanghai, which has stood at
+08:00 without daylight saving since 1991, so its calendar is integer arithmetic: months are counted, never
stepped (pendulum's month steps drift), and importing this module costs next to nothing. Pendulum takes longer
to import than all other rules together; it is imported where a text has to be parsed, and its types never
leave this file.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone

from rules.errors import PeriodError

ZONE = "Asia/Shanghai"
"""The billing zone's name."""

HOUR_S = 3600
DAY_S = 24 * HOUR_S
MONTH_HOURS = 720
"""Hours that a price per month is spread over, whatever the calendar says (30 days: found on both sites)."""

_OFFSET_S = 8 * HOUR_S
_BILLING = timezone(timedelta(seconds=_OFFSET_S))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()
_SECOND = timedelta(seconds=1)
_FIRST_YEAR, _LAST_YEAR = 1970, 9998

_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ](?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"(?:(?P<fraction>\.[0-9]{1,6})[0-9]*)?(?P<offset>[Zz]|[+-][0-9]{2}:[0-9]{2})?"
)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the billing zone, [from_s, until_s) in epoch seconds; the label is its date, 2026-10-01."""

    label: str
    from_s: int
    until_s: int


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One billing month, [from_s, until_s) in epoch seconds, made from its label, 2026-10.

    Years run from 1970 to 9998. Any other way to write a month is a PeriodError.
    """

    label: str
    from_s: int = field(init=False, compare=False)
    until_s: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        match = _MONTH.fullmatch(self.label)
        year, month = (int(match[1]), int(match[2])) if match else (0, 0)
        if not (_FIRST_YEAR <= year <= _LAST_YEAR and 1 <= month <= 12):
            raise PeriodError(f"{self.label!r} is no month", hint="write year and month, such as 2026-10")
        object.__setattr__(self, "from_s", date_s(date(year, month, 1)))
        object.__setattr__(self, "until_s", date_s(date(year + month // 12, month % 12 + 1, 1)))

    @classmethod
    def containing(cls, at_s: int) -> "Month":
        """The month that an instant lies in; the first second of a month belongs to it."""
        return cls(_local(at_s).date().isoformat()[:7])

    def previous(self) -> "Month":
        """The month before."""
        return Month.containing(self.from_s - 1)

    def next(self) -> "Month":
        """The month after."""
        return Month.containing(self.until_s)

    def days(self) -> tuple[Day, ...]:
        """The month's 28 to 31 days in order, each 24 hours, together the month."""
        return tuple(
            Day(_local(from_s).date().isoformat(), from_s, from_s + DAY_S)
            for from_s in range(self.from_s, self.until_s, DAY_S)
        )


def parse_month(text: str) -> Month:
    """The billing month that a text such as 2026-10 names."""
    return Month(text)


def parse_instant(text: str) -> datetime:
    """The instant that an RFC 3339 text names, in UTC, cut to the microsecond; it must have an offset."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise PeriodError(f"{text!r} is no instant", hint="write RFC 3339, such as 2026-10-01T00:00:00+08:00")
    if match["offset"] is None:
        raise PeriodError(f"{text!r} names no zone", hint="add an offset such as +08:00, or Z for UTC")
    import pendulum

    try:
        clock = f"{match['time']}{match['fraction'] or ''}{match['offset'].upper()}"
        found = pendulum.parse(f"{match['date']}T{clock}", exact=True)
        if not isinstance(found, datetime):
            raise ValueError
        return _EPOCH + (datetime.fromisoformat(found.isoformat()) - _EPOCH)
    except (ValueError, OverflowError):
        raise PeriodError(f"there is no instant {text!r}", hint="check day, hour and offset") from None


def parse_date_or_instant(text: str) -> datetime:
    """The instant that a text names, in UTC; a date alone means 00:00 of that day in the billing zone."""
    if not _DATE.fullmatch(text):
        return parse_instant(text)
    try:
        return instant(date_s(date.fromisoformat(text)))
    except (ValueError, PeriodError):
        raise PeriodError(f"there is no day {text!r}", hint="check year, month and day") from None


def epoch_s(at: datetime) -> int:
    """Whole seconds from 1970-01-01 UTC to an instant, cut down; a time without a zone is refused."""
    return (_aware(at) - _EPOCH) // _SECOND


def date_s(day: date) -> int:
    """The epoch second in which a date of the billing zone begins."""
    return (day.toordinal() - _EPOCH_DAY) * DAY_S - _OFFSET_S


def instant(at_s: int) -> datetime:
    """The instant, in UTC, that lies so many seconds after 1970-01-01 UTC."""
    try:
        return _EPOCH + timedelta(seconds=at_s)
    except OverflowError:
        raise PeriodError(f"epoch second {at_s} lies outside the years 1 to 9999") from None


def rfc3339(at: datetime | int) -> str:
    """An instant or epoch second as RFC 3339 in the billing zone, with a fraction only where it has one."""
    return (instant(at) if isinstance(at, int) else _aware(at)).astimezone(_BILLING).isoformat()


def weekday(at_s: int) -> int:
    """The day of the week in the billing zone, 0 for Monday to 6 for Sunday."""
    return ((at_s + _OFFSET_S) // DAY_S + 3) % 7


def day_end_s(at_s: int) -> int:
    """The epoch second in which the instant's day ends in the billing zone: the next midnight, never the instant itself."""
    return at_s + DAY_S - (at_s + _OFFSET_S) % DAY_S


def date_label(at_s: int) -> str:
    """An instant as people write it: its date alone where it begins a day in the billing zone."""
    local = _local(at_s)
    return local.date().isoformat() if (at_s + _OFFSET_S) % DAY_S == 0 else local.isoformat()


def started_hours(from_s: int, until_s: int) -> int:
    """How many clock hours [from_s, until_s) touches, each counting whole; 0 where it is empty."""
    if until_s <= from_s:
        return 0
    return -(-until_s // HOUR_S) - from_s // HOUR_S


def _local(at_s: int) -> datetime:
    return instant(at_s).astimezone(_BILLING)


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise PeriodError(f"{at} names no zone", hint="give an aware datetime")
    return at
