"""One table of a tariff file: exact, typed values of its keys, or a refusal that names the table."""

import re
import tomllib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from rules.errors import PeriodError, TariffError, suggestion
from rules.period import HOUR_S, epoch_s, parse_date_or_instant
from rules.source import TRUST

_MOST_BYTES = 1 << 20
_MOST_DIGITS = 15
"""Digits before, and decimals after the point of a number in a tariff."""

_HOW = {
    "id": 'add id = "acme", for example: the name of the file',
    "match": 'add match = "cn-*", for example',
    "currency": 'add currency = "CNY", for example, or a base',
    "rate": "name the rate that is priced",
    "price": 'add price = "0.0021", for example, or same_as = the rate whose price it has',
    "per": 'add per = "GiB-hour", for example',
    "region": 'add region = "cn-hangzhou", for example, or the name of a group of [regions]',
    "value": "name the value that is dated",
    "is": 'add is = "30", for example',
    "off": 'add off = "15%" or "1/3", for example',
    "from": "add from = 2026-01-01, for example: the day on which it begins to hold",
    "source": 'add source = "…": the page, contract or invoice that says so',
    "read": 'add read = "2026-01", for example: the edition of the source, or when it was read',
    "trust": f"add trust = one of {', '.join(TRUST)}",
}
"""What to do about each key that is missing."""


class Table:
    """The keys of one table; `place` names it in refusals."""

    def __init__(self, content: object, place: str, keys: Sequence[str]) -> None:
        if not isinstance(content, dict):
            raise TariffError("this is no table", place=place, hint="write its keys below its heading")
        self.content: dict[str, Any] = content
        self.place = place
        for key in content:
            if key not in keys:
                raise self.error(f"unknown key {key!r}", suggestion(key, keys))

    def error(self, message: str, hint: str) -> TariffError:
        """A refusal that names this table."""
        return TariffError(message, place=self.place, hint=hint)

    def missing(self, key: str) -> TariffError:
        """A refusal because a key is not there."""
        return self.error(f"{key!r} is missing", _HOW[key])

    def text(self, key: str) -> str:
        """The text of a key that must be there and not be empty."""
        found = self.optional_text(key)
        if found is None:
            raise self.missing(key)
        return found

    def optional_text(self, key: str) -> str | None:
        """The text of a key, None where there is none; a TOML date is text, too."""
        found = self.content.get(key)
        if found is None:
            return None
        if isinstance(found, date):
            return found.isoformat()
        if not isinstance(found, str) or not found.strip():
            raise self.error(f"{key} = {found!r} is no text", f'write {key} = "…", not empty')
        return found

    def number(self, key: str) -> Decimal:
        """The exact number of a key, written as a number or as text: at least zero, and not too long."""
        found = self.content.get(key)
        if found is None:
            raise self.missing(key)
        try:
            if isinstance(found, bool) or not isinstance(found, (str, int, Decimal)):
                raise InvalidOperation
            number = Decimal(found)
        except (InvalidOperation, ValueError):
            raise self.error(
                f"{key} = {found!r} is no number", _HOW[key].replace("add", "write", 1)
            ) from None
        if not number.is_finite():
            raise self.error(f"{key} = {found} is no number", _HOW[key].replace("add", "write", 1))
        if number < 0:
            raise self.error(f"{key} = {found} is negative", "write a number from 0 up")
        exponent = number.as_tuple().exponent
        if number.adjusted() >= _MOST_DIGITS or (isinstance(exponent, int) and -exponent > _MOST_DIGITS):
            raise self.error(
                f"{key} = {found} is too long",
                f"write at most {_MOST_DIGITS} digits before and {_MOST_DIGITS} after the point",
            )
        return number

    def instant_s(self, key: str) -> int | None:
        """The epoch second of a day, or of an instant at a full hour; None where there is none."""
        found = self.content.get(key)
        if found is None:
            return None
        try:
            if not isinstance(found, (str, date)):
                raise PeriodError(f"{found} is no date", hint="write a day, such as 2026-01-01")
            at = parse_date_or_instant(found if isinstance(found, str) else found.isoformat())
        except PeriodError as error:
            raise TariffError(f"{key}: {error.message}", place=self.place, hint=error.hint) from None
        if epoch_s(at) % HOUR_S or at.microsecond:
            raise self.error(f"{key} = {found} is no full hour in UTC+8", "write a day, or a full hour")
        return epoch_s(at)

    def known(self, key: str, names: Sequence[str], what: str | None = None) -> str:
        """The text of a key that must be one of the names; `what` says what they name, where the key doesn't."""
        found = self.text(key)
        if found not in names:
            raise self.error(f"unknown {what or key} {found!r}", suggestion(found, names))
        return found


def parse(content: bytes, name: str) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """A file's content with exact decimals, and the lines on which the entries of each [[table]] begin."""
    if len(content) > _MOST_BYTES:
        raise TariffError("the file is too large", place=name, hint="a tariff has at most a megabyte")
    try:
        text = content.decode("utf-8-sig")
        document = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TariffError("the file is no TOML", place=name, hint=str(error)) from None
    except (RecursionError, ValueError):
        raise TariffError(
            "the file is no TOML that can be read",
            place=name,
            hint="it nests too deeply or has a number too long",
        ) from None
    lines: dict[str, list[int]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if heading := re.match(r"\s*\[\[\s*(\w+)\s*\]\]", line):
            lines.setdefault(heading[1], []).append(number)
    return document, lines
