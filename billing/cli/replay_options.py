"""What the options of `imcost replay` say, as values; whatever can't be followed is refused by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from billing.errors import UsageError
from rules.errors import suggestion

if TYPE_CHECKING:
    from billing.replaying import Choices, Replay, Selection, TagWanted

SETTINGS = (
    "creation_method",
    "retention_days",
    "instant",
    "size_gib",
    "included_ephemeral_gib",
    "tariff",
    "region",
    "automatic_quota",
    "manual_quota",
)

MOST_DAYS = 36_500
"""A hundred years: more is for good."""

MOST_CACHES = 1_000_000

_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
_RANGE = re.compile(r"([0-9]{1,9})(?:\.\.([0-9]{1,9}))?")
_DURATION = re.compile(r"([0-9]{1,9})(s|m|h)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}

Method = Literal["manual", "automatic"]


def choices(settings: Sequence[str], pull_time: str | None, search: Sequence[Path]) -> Choices:
    """The choices that --set and --pull-time make; `search` is where tariffs are looked for."""
    from billing.replaying import Choices

    given: dict[str, Any] = {}
    for setting in settings:
        key, value = _pair(setting, "--set")
        if key not in SETTINGS:
            raise UsageError(f"there is no setting {key!r}", place="--set", hint=suggestion(key, SETTINGS))
        if key in given:
            raise UsageError(f"{key} is set twice", place="--set", hint="set it once")
        given[key] = _value(key, value, search)
    if pull_time is not None:
        given["pull_s"] = _seconds(pull_time)
    return Choices(**given)


def tags(given: Sequence[str]) -> list[TagWanted]:
    """The tags that caches must have."""
    from billing.replaying import TagWanted

    parts = [tag.partition("=") for tag in given]
    return [TagWanted(key, value if equals else None) for key, equals, value in parts]


def swept(text: str, settings: Sequence[str], most: int) -> tuple[str, list[int]]:
    """The setting that --sweep names, and its values."""
    from billing.replaying import SWEPT

    key, value = _pair(text, "--sweep")
    if key not in SWEPT:
        raise UsageError(f"{key!r} can't be swept", place="--sweep", hint=suggestion(key, SWEPT))
    if any(setting.partition("=")[0] == key for setting in settings):
        raise UsageError(f"{key} is both set and swept", place="--sweep", hint="leave one away")
    values = _numbers(value, "--sweep", most)
    for bound in (values[0], values[-1]):
        _value(key, str(bound), ())
    return key, values


def quota_limits(text: str, most: int) -> tuple[Method, list[int]]:
    """The creation method that --quota names, and the limits."""
    key, value = _pair(text, "--quota")
    limits = _numbers(value, "--quota", most)
    for method in ("manual", "automatic"):
        if key in (method, f"{method}_image_caches"):
            return method, limits
    raise UsageError(
        f"there is no quota {key!r}", place="--quota", hint="write automatic=25..200 or manual=25..200"
    )


def check_curves(swept: object, curve: object, chart: Path | None) -> None:
    """Refuse what doesn't go together, before anything is computed."""
    if swept is not None and curve is not None:
        raise UsageError("a sweep and a quota curve are two answers", place="--quota", hint="ask one by one")
    if chart is None:
        return
    if swept is None and curve is None:
        raise UsageError("there is no curve to draw", place="--chart", hint="add --sweep or --quota")
    if not chart.absolute().parent.is_dir():
        raise UsageError("its folder does not exist", place=f"--chart {chart}", hint="make the folder first")


def check_selection(replay: Replay, selection: Selection) -> None:
    """Refuse marks that no cache of the month has: choices for nothing would look like choices that change nothing."""
    if not replay.selects_any(selection):
        raise UsageError(
            "no cache of the month is selected",
            place="--cache, --name, --tag, --account",
            hint=f"see imcost charges {replay.bill.month.label} --by cache",
        )


def _value(key: str, text: str, search: Sequence[Path]) -> Any:
    match key:
        case "creation_method":
            return _one_of(key, text, {"manual": "manual", "automatic": "automatic"})
        case "instant":
            return _one_of(key, text, {"true": True, "false": False})
        case "retention_days":
            return 0 if text == "permanent" else _whole(key, text, 1, MOST_DAYS, " or permanent")
        case "automatic_quota" | "manual_quota":
            return _whole(key, text, 0, MOST_CACHES)
        case "size_gib":
            return _size(text)
        case "included_ephemeral_gib":
            return _decimal(key, text)
        case "tariff":
            from rules.tariff import load

            return load(text, search=search)
    if not re.fullmatch(r"[a-z0-9-]{1,64}", text):
        raise UsageError(f"{text!r} is no region", place=f"--set {key}", hint="write one such as cn-hangzhou")
    return text


def _size(text: str) -> Decimal:
    from rules.quota import MANUAL_SIZE_GIB

    size = _decimal("size_gib", text)
    least, most = MANUAL_SIZE_GIB.least, MANUAL_SIZE_GIB.most
    if not least <= size <= most:
        raise UsageError(
            f"a cache of {text} GiB can't be had", place="--set size_gib", hint=f"use {least} to {most}"
        )
    return size


def _decimal(key: str, text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise UsageError(
            f"{text!r} is no size in GiB", place=f"--set {key}", hint="write a number of at most 6 decimals"
        )
    return Decimal(text)


def _whole(key: str, text: str, least: int, most: int, other: str = "") -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12 and least <= int(text) <= most):
        raise UsageError(
            f"{key} can't be {text!r}", place=f"--set {key}", hint=f"write {least} to {most}{other}"
        )
    return int(text)


def _one_of(key: str, text: str, known: dict[str, Any]) -> Any:
    if text not in known:
        raise UsageError(f"{key} can't be {text!r}", place=f"--set {key}", hint=suggestion(text, known))
    return known[text]


def _numbers(text: str, option: str, most: int) -> list[int]:
    """The numbers of a list of numbers and ranges, in order: 1..4,7,14."""
    found: set[int] = set()
    for part in text.split(","):
        match = _RANGE.fullmatch(part)
        if match is None:
            raise UsageError(
                f"{text!r} is no range", place=option, hint="write first and last, such as 1..30"
            )
        first, last = int(match[1]), int(match[2] or match[1])
        if not (first <= last < first + most and len(found) < most):
            raise UsageError(
                f"{text!r} has no or too many values",
                place=option,
                hint=f"write the smaller number first, and at most {most} values",
            )
        found.update(range(first, last + 1))
    return sorted(found)


def _seconds(text: str) -> int:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise UsageError(f"{text!r} is no time", place="--pull-time", hint="write one such as 50s or 2m")
    return int(match[1]) * _SECONDS[match[2]]


def _pair(text: str, option: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals and value):
        raise UsageError(f"{text!r} is no pair", place=option, hint="write KEY=VALUE")
    return key, value
