"""A table of a tariff file: exact, typed values of its keys; what is missing or not understood is refused by name."""

import re
import tomllib
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from rules.errors import PeriodError, TariffError, suggestion
from rules.period import HOUR_S, date_s, epoch_s, parse_date_or_instant
from rules.source import TRUST

_MOST_BYTES = 1 << 20
_MOST_DIGITS = 15
"""Digits before, and decimals after the point of a number in a tariff."""

_HOW = {
    "id": 'add id = "…", the name that other files call it by',
    "title": 'add title = "…"',
    "currency": 'add currency = "CNY", for example, or a base',
    "match": 'add match = "cn-*", for example',
    "rate": "name the rate that is priced",
    "price": 'add price = "0.0021", for example, or same_as = the rate that it is the same as',
    "per": 'add per = "GiB-hour", for example',
    "region": 'add region = "cn-hangzhou", for example, or the name of a [regions] group',
    "value": "name the value that is dated",
    "is": 'add is = "30", for example',
    "off": 'add off = "15%" or "1/3", for example',
    "from": "add from = 2026-01-01, for example: the day it begins to hold",
    "source": 'add source = "…": the page, contract or invoice that says so',
    "read": 'add read = "2026-01": which edition of the source, or when it was read',
    "trust": f"add trust = one of {', '.join(TRUST)}",
}
"""What to do about each key that is missing."""


class Table:
    """One table of the file: gives typed values of its keys, and refuses what is missing or not understood."""

    def __init__(self, content: object, place: str, keys: Sequence[str]) -> None:
        if not isinstance(content, dict):
            raise TariffError("not a table", place=place, hint="write keys and values below its heading")
        self.content: dict[str, Any] = content
        self.place = place
        for key in content:
            if key not in keys:
                raise self.error(f"unknown key {key!r}", suggestion(key, keys))

    def error(self, message: str, hint: str | None = None) -> TariffError:
        """A refusal that names this table."""
        return TariffError(message, place=self.place, hint=hint)

    def missing(self, key: str) -> TariffError:
        """A refusal because a key is not there."""
        return self.error(f"no {key}", _HOW[key])

    def text(self, key: str) -> str:
        """The text of a key that must be there and not be empty."""
        found = self.optional_text(key)
        if found is None:
            raise self.missing(key)
        return found

    def optional_text(self, key: str) -> str | None:
        """The text of a key, None where there is none."""
        found = self.content.get(key)
        if found is None:
            return None
        if isinstance(found, date):
            return found.isoformat()
        if not isinstance(found, str) or not found.strip():
            raise self.error(f"{key} is no text", f'write {key} = "…"')
        return found

    def number(self, key: str) -> Decimal:
        """The exact number of a key: a TOML number, or a text; not negative, and of bounded length."""
        found = self.content.get(key)
        if found is None:
            raise self.missing(key)
        try:
            if isinstance(found, bool) or not isinstance(found, (str, int, Decimal)):
                raise InvalidOperation
            number = Decimal(found)
        except InvalidOperation:
            raise self.error(f"{key} {found!r} is no number", _HOW[key]) from None
        if not number.is_finite() or number < 0:
            raise self.error(f"{key} {found} is {'negative' if number.is_finite() else 'no number'}", "give a number from 0 up")
        exponent = number.as_tuple().exponent
        if number.adjusted() >= _MOST_DIGITS or (isinstance(exponent, int) and -exponent > _MOST_DIGITS):
            raise self.error(f"{key} {found} is too long", f"at most {_MOST_DIGITS} digits and {_MOST_DIGITS} decimals")
        return number

    def instant_s(self, key: str) -> int | None:
        """The epoch second of a day, or of an instant at a full hour of the billing zone; None where there is none."""
        found = self.content.get(key)
        if found is None:
            return None
        try:
            if isinstance(found, datetime):
                at_s = epoch_s(found)
                whole = found.microsecond == 0
            elif isinstance(found, date):
                at_s, whole = date_s(found), True
            elif isinstance(found, str):
                at = parse_date_or_instant(found)
                at_s, whole = epoch_s(at), at.microsecond == 0
            else:
                raise PeriodError(f"{found!r} is no date", hint="write a day such as 2026-01-01")
        except PeriodError as error:
            raise self.error(f"{key}: {error.message}", error.hint) from None
        if at_s % HOUR_S or not whole:
            raise self.error(f"{key} {found} is no full hour of the billing zone", "dated entries begin at a day or a full hour")
        return at_s

    def known(self, key: str, names: Sequence[str]) -> str:
        """The text of a key that must be one of the names."""
        found = self.text(key)
        if found not in names:
            raise self.error(f"unknown {key} {found!r}", suggestion(found, names))
        return found


def parse(content: bytes, name: str) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """A file's content with exact decimals, and the lines on which the entries of each `[[table]]` begin."""
    if len(content) > _MOST_BYTES:
        raise TariffError("the file is too large", place=name, hint="a tariff has at most a megabyte")
    try:
        text = content.decode("utf-8-sig")
        document = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TariffError("the file is no TOML", place=name, hint=str(error)) from None
    except (RecursionError, InvalidOperation):
        raise TariffError("the file is no TOML that can be read", place=name, hint="nothing nests deeply here") from None
    lines: dict[str, list[int]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if heading := re.match(r"\s*\[\[\s*(\w+)\s*\]\]", line):
            lines.setdefault(heading[1], []).append(number)
    return document, lines
