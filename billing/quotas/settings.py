"""The settings of quota accounting: when an observation is old, and how far back a forecast looks."""

from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from billing.alerting.thresholds import UnreadableError, parse_length
from billing.quotas.accounting import STALE
from billing.quotas.forecast import LEAST_S, WINDOW_S
from billing.settings import Settings, SettingsError
from rules.period import DAY_S

MOST_S = 366 * DAY_S
"""The longest window: what is a year old says nothing about next week."""


class QuotaSettings(NamedTuple):
    """stale: how old the latest observation may be. window_s: a forecast's window in seconds, whole days."""

    stale: timedelta = STALE
    window_s: int = WINDOW_S


def quota_settings(settings: Settings, path: Path) -> QuotaSettings:
    """What `[quota]` says, or the defaults; `path` is named where it can't be meant so."""
    stale_s = _length(settings, path, "stale", STALE // timedelta(seconds=1))
    if stale_s == 0:
        raise SettingsError(
            "quota.stale is 0: every observation would be old", place=str(path), hint='write "24h"'
        )
    window_s = _length(settings, path, "window", WINDOW_S)
    if window_s % DAY_S or not LEAST_S <= window_s <= MOST_S:
        raise SettingsError(
            f"quota.window is {settings.quota['window']!r}",
            place=str(path),
            hint=f'write whole days, "{LEAST_S // DAY_S}d" to "{MOST_S // DAY_S}d"',
        )
    return QuotaSettings(timedelta(seconds=stale_s), window_s)


def _length(settings: Settings, path: Path, key: str, default_s: int) -> int:
    said = settings.quota.get(key)
    try:
        return default_s if said is None else parse_length(said)
    except UnreadableError as error:
        raise SettingsError(f"quota.{key} is {said!r}", place=str(path), hint=str(error)) from None
