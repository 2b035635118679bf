"""Silences: which alerts a pattern matches, and until when an alert is silenced."""

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Protocol

from billing.errors import UsageError
from rules.errors import suggestion

FIELDS = ("id", "rule", "severity", "account_id", "region", "quota", "budget", "health")
"""What a pattern may name; `account` stands for account_id."""

_NAMED = re.compile(r"([a-z_]+)=(.*)", re.DOTALL)


class Silencing(Protocol):
    """What is asked of a silence."""

    @property
    def match(self) -> str:
        """Its pattern."""

    @property
    def until_s(self) -> int:
        """Its end."""


def fields(id: str, rule: str, severity: str, subject: Mapping[str, str]) -> dict[str, str]:
    """An alert's fields as a pattern sees them."""
    return {"id": id, "rule": rule, "severity": severity, **subject}


def parse_match(text: str) -> list[tuple[str | None, str]]:
    """The parts of a pattern: field and glob, the field None where any may match. All parts must match.

    `quota=manual_image_caches,region=cn-*`, or a bare word: an id, a rule, an account, a region, a quota or a budget.
    """
    parts: list[tuple[str | None, str]] = []
    for part in text.split(","):
        named = _NAMED.fullmatch(part.strip())
        field, glob = (named[1], named[2]) if named else (None, part.strip())
        field = "account_id" if field == "account" else field
        if field is not None and field not in FIELDS:
            raise UsageError(f"alerts have no {field!r}", place="MATCH", hint=suggestion(field, FIELDS))
        if not glob:
            raise UsageError(
                f"{text!r} matches nothing", place="MATCH", hint="write an id, or quota=…,region=…, or '*'"
            )
        parts.append((field, glob))
    return parts


def matches(text: str, alert: Mapping[str, str]) -> bool:
    """Whether a pattern matches an alert's fields."""
    for field, glob in parse_match(text):
        values = list(alert.values()) if field is None else [alert.get(field, "\0")]
        if not any(fnmatchcase(value, glob) for value in values):
            return False
    return True


def silenced_until(silences: Iterable[Silencing], alert: Mapping[str, str]) -> int | None:
    """When the last of the silences that match ends, None where none does."""
    return max((each.until_s for each in silences if matches(each.match, alert)), default=None)
