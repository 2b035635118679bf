"""The workspace's settings, read strictly from imcost.toml: whatever is not understood is refused, naming file and line."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from billing.errors import BillingError
from rules.errors import suggestion

DEFAULT_TARIFF = "alibaba-cn"

KEYS: Mapping[str, Mapping[str, type]] = {
    "": {
        "tariff": str, "account": str, "region": str, "alerts": dict, "notify": dict, "quota": dict, "books": dict,
        "report": dict, "policies": list,
    },
    "alerts": {"quota": list, "budget": list, "health": dict},
    "alerts.quota": {
        "quota": str, "account": str, "region": str, "warning": str, "critical": str, "clear": str, "for": str,
        "forecast": str,
    },
    "alerts.budget": {
        "name": str, "monthly": str, "currency": str, "account": str, "region": str, "cache": str, "tag": dict,
        "actual": list, "forecast": list, "clear": str,
    },
    "alerts.health": {"stale": str, "checks": str, "unrated": str},
    "notify": {"urls": list, "repeat": str, "language": str, "secret": str},
    "quota": {"stale": str, "window": str},
    "books": {"settling": str, "signing_key": str},
    "report": {"name": str, "logo": str, "colour": str, "footer": str},
    "policies": {
        "name": str, "max_monthly": str, "max_increase": str, "manual_needs_retention": bool, "manual_needs_users": bool,
    },
}  # fmt: skip
"""The keys of every table and the kind of their values. A tag's keys are the user's own."""

KINDS: Mapping[type, str] = {str: 'a text: "…"', dict: "a table", list: "a list: […]", bool: "true or false"}


class SettingsError(BillingError):
    """A settings file that can't be read or understood; the place is its line."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a workspace takes for granted.

    tariff: the tariff to price with. account, region: of input that names none. alerts, notify, policies: the thresholds,
    addresses and limits of estimates as written, keys checked. quota: how quotas are accounted. books: `settling`, the time
    after a month's end before which it can't be closed, and `signing_key`, the file of the Ed25519 key that signs closed
    statements. report: the name, logo, colour and footer that reports carry.
    """

    tariff: str = DEFAULT_TARIFF
    account: str | None = None
    region: str | None = None
    alerts: Mapping[str, Any] = field(default_factory=dict)
    notify: Mapping[str, Any] = field(default_factory=dict)
    quota: Mapping[str, Any] = field(default_factory=dict)
    books: Mapping[str, Any] = field(default_factory=dict)
    report: Mapping[str, Any] = field(default_factory=dict)
    policies: Sequence[Mapping[str, Any]] = ()


def read_settings(path: Path) -> Settings:
    """The settings in the file, or the defaults where there is none; a SettingsError names what is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
        found = tomllib.loads(text, parse_float=Decimal)
    except (FileNotFoundError, NotADirectoryError):
        return Settings()
    except UnicodeDecodeError:
        raise SettingsError("the settings are not UTF-8 text", place=str(path)) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"not TOML: {error}", place=str(path)) from None
    _check(found, "", path, text)
    return Settings(**found)


def _check(table: Mapping[str, Any], name: str, path: Path, text: str) -> None:
    """Refuse keys that the table doesn't have, and values of another kind."""
    keys = KEYS.get(name)
    if keys is None:
        return
    for key, value in table.items():
        full = f"{name}.{key}" if name else key
        if key not in keys:
            raise SettingsError(
                f"unknown setting {full}", place=_place(path, text, key), hint=suggestion(key, keys)
            )
        if not isinstance(value, keys[key]) or value == "":
            said = "empty" if value == "" else repr(value)
            raise SettingsError(
                f"{full} is {said}", place=_place(path, text, key), hint=f"write {KINDS[keys[key]]}"
            )
        if isinstance(value, dict):
            _check(value, full, path, text)
        for item in value if isinstance(value, list) and full in KEYS else ():
            if not isinstance(item, dict):
                raise SettingsError(
                    f"{full} is {value!r}", place=_place(path, text, key), hint=f"write it below [[{full}]]"
                )
            _check(item, full, path, text)


def place_of(path: Path, setting: str) -> str:
    """The file and line in which a setting `table.key` stands, for those who understand its value."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return str(path)
    return _place(path, text, setting.rpartition(".")[2])


def _place(path: Path, text: str, key: str) -> str:
    """The file and the first line in which the key stands: TOML's reader tells no lines."""
    named = re.compile(rf"""(^|[\[.{{,\s])["']?{re.escape(key)}["']?\s*[=.\]]""")
    for number, line in enumerate(text.splitlines(), start=1):
        if named.search(line.split("#")[0]):
            return f"{path}, line {number}"
    return str(path)
