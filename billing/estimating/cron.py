"""How often a cron schedule fires: counted day by day, times the minutes and hours that it names."""

import re
from datetime import date, timedelta

_FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_WEEK = "sun mon tue wed thu fri sat"
_NAMES = {name: str(number) for number, name in enumerate(_MONTHS.split(), 1)}
_DAYS = {name: str(number) for number, name in enumerate(_WEEK.split())}
_SHORTHANDS = {
    "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
}  # fmt: skip
_PART = re.compile(r"(\*|[0-9]{1,2}(?:-[0-9]{1,2})?)(?:/([0-9]{1,2}))?")


def runs(schedule: str, first: date, days: int) -> int | None:
    """How often it fires in so many days from a date on; None where it is no schedule.

    As cron has it: where both the day of the month and that of the week are restricted, either will do.
    """
    fields = _SHORTHANDS.get(schedule.strip().lower(), schedule).lower().split()
    if len(fields) != 5:
        return None
    sets = [
        _values(field, low, high, _NAMES if index == 3 else _DAYS if index == 4 else {})
        for index, (field, (low, high)) in enumerate(zip(fields, _FIELDS, strict=True))
    ]
    if any(found is None for found in sets):
        return None
    minutes, hours, month_days, months, week_days = (found or frozenset() for found in sets)
    week_days = frozenset(day % 7 for day in week_days)
    any_day, any_week_day = fields[2].startswith("*"), fields[4].startswith("*")
    fired = 0
    for offset in range(days):
        day = first + timedelta(days=offset)
        on_month_day, on_week_day = day.day in month_days, day.isoweekday() % 7 in week_days
        either = not any_day and not any_week_day
        fits = on_month_day or on_week_day if either else on_month_day and on_week_day
        fired += day.month in months and fits
    return fired * len(minutes) * len(hours)


def _values(field: str, low: int, high: int, names: dict[str, str]) -> frozenset[int] | None:
    """The numbers that a field stands for; None where it is none."""
    found: set[int] = set()
    for part in field.split(","):
        for name, number in names.items():
            part = part.replace(name, number)
        match = _PART.fullmatch(part)
        if match is None:
            return None
        step = int(match[2] or 1)
        first, _, last = ("" if match[1] == "*" else match[1]).partition("-")
        begin = int(first or low)
        end = int(last) if last else high if match[1] == "*" or match[2] else begin
        if not low <= begin <= end <= high or step < 1:
            return None
        found |= set(range(begin, end + 1, step))
    return frozenset(found)
