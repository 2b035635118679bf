"""Time: billing months, started clock hours and instants; the only user of pendulum.

Hours, days and months are those of UTC+8 (found), which has no daylight saving time: their arithmetic is plain
integers of epoch seconds. pendulum parses; it is imported where that happens, because a command's help must not wait for it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from rules.errors import RulesError

ZONE_S = 8 * 3600
ZONE = timezone(timedelta(seconds=ZONE_S))
"""The billing zone, UTC+8."""

HOUR_S = 3600
DAY_S = 86400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?P<zone>[Zz]|[+-]\d{2}:\d{2})?")
_MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])")


class PeriodError(RulesError):
    """A text that is no month or no instant, or an instant without a zone."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the billing zone: half-open, in epoch seconds."""

    label: str
    from_s: int
    until_s: int


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A billing month `2026-10`: from its first day 00:00 UTC+8 to the next month's, half-open."""

    year: int
    month: int

    @property
    def label(self) -> str:
        """The month as people write it: '2026-10'."""
        return f"{self.year:04}-{self.month:02}"

    @property
    def from_s(self) -> int:
        """Its first second, in epoch seconds."""
        return epoch_s(datetime(self.year, self.month, 1, tzinfo=ZONE))

    @property
    def until_s(self) -> int:
        """The first second after it, in epoch seconds."""
        return self.next().from_s

    def next(self) -> "Month":
        """The month after."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    def previous(self) -> "Month":
        """The month before."""
        return Month(self.year - (self.month == 1), (self.month + 10) % 12 + 1)

    def days(self) -> tuple[Day, ...]:
        """Its days in order."""
        first = date(self.year, self.month, 1)
        return tuple(
            Day(str(first + timedelta(days=index)), begin_s, begin_s + DAY_S)
            for index, begin_s in enumerate(range(self.from_s, self.until_s, DAY_S))
        )

    @staticmethod
    def containing(at_s: int) -> "Month":
        """The billing month that an epoch second lies in."""
        local = _EPOCH + timedelta(seconds=at_s + ZONE_S)
        return Month(local.year, local.month)


def parse_month(text: str) -> Month:
    """The month of a text such as '2026-10'."""
    match = _MONTH.fullmatch(text)
    if match is None or not 1970 < int(match["year"]) < 9999:
        raise PeriodError(f"{text!r} is not a month", hint="write a month as 2026-10")
    return Month(int(match["year"]), int(match["month"]))


def parse_instant(text: str) -> datetime:
    """The instant of an RFC 3339 text with Z or an offset, in UTC; digits beyond microseconds are cut."""
    import pendulum

    match = _INSTANT.fullmatch(text.strip())
    if match is not None and match["zone"] is None:
        raise PeriodError(f"{text!r} has no zone", hint="add Z or an offset such as +08:00")
    try:
        if match is None:
            raise ValueError
        parsed = pendulum.parse(_to_micros(text.strip()), strict=True)
    except ValueError:
        raise PeriodError(f"{text!r} is not a time", hint="write 2026-10-01T00:00:00+08:00, for example") from None
    assert isinstance(parsed, datetime)
    return datetime.fromtimestamp(0, UTC) + (parsed - _EPOCH)


def _to_micros(text: str) -> str:
    """The text with at most six digits of a second and the separators that the parser knows."""
    text = re.sub(r"(\.\d{6})\d+", r"\1", text)
    return (text[:10] + "T" + text[11:]).replace("z", "Z")


def parse_date_or_instant(text: str) -> datetime:
    """An instant, or a date alone, which means its 00:00 in the billing zone."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()):
        return parse_instant(f"{text.strip()}T00:00:00+08:00")
    return parse_instant(text)


def epoch_s(at: datetime) -> int:
    """Whole seconds since 1970 of an aware instant, cut down to the second."""
    if at.tzinfo is None:
        raise PeriodError(f"{at} has no zone", hint="add Z or an offset such as +08:00")
    return (at - _EPOCH) // timedelta(seconds=1)


def instant(at_s: int) -> datetime:
    """The instant of an epoch second, in the billing zone."""
    return (_EPOCH + timedelta(seconds=at_s)).astimezone(ZONE)


def rfc3339(at: datetime) -> str:
    """An instant as RFC 3339 text in the billing zone; a fraction of a second only where there is one."""
    return at.astimezone(ZONE).isoformat()


def started_hours(from_s: int, until_s: int) -> int:
    """How many clock hours [from_s, until_s) touches: 10:20 to 23:00 is 13; an empty interval touches none."""
    return 0 if until_s <= from_s else -(-until_s // HOUR_S) - from_s // HOUR_S
