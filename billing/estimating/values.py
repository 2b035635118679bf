"""Reads the values of a question: sizes, counts, amounts and instances, each bounded, each refused with what to write instead."""

import re
from decimal import Decimal

from billing.errors import UsageError
from rules.durations import parse_duration
from rules.errors import PeriodError

MOST_INSTANCES = 1_000_000_000
MOST_GIB = Decimal(1_000_000)
"""Beyond any size that is offered: what is larger is a slip."""

PERMANENT = "permanent"

_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?")
_SIZE = re.compile(r"([+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?)\s*([A-Za-z]*)")
_COUNT = re.compile(r"[0-9]{1,18}")
_INSTANCE = re.compile(r"([0-9.]+)\s*(?:c|-)\s*([0-9.]+)\s*(?:g|gi|gib)?", re.IGNORECASE)
_BYTES = {
    "": 1 << 30, "gib": 1 << 30, "gi": 1 << 30, "g": 1 << 30, "mib": 1 << 20, "mi": 1 << 20, "ki": 1 << 10, "kib": 1 << 10,
    "tib": 1 << 40, "ti": 1 << 40, "gb": 10**9, "mb": 10**6, "kb": 10**3, "tb": 10**12,
}  # fmt: skip


def read_gib(text: str, place: str) -> Decimal:
    """A size in GiB, from 0 up, with at most six decimals: a number alone is GiB; 25Gi, 512MiB and 1.5 GB are sizes, too."""
    match = _SIZE.fullmatch(text.strip())
    unit = None if match is None else _BYTES.get(match[2].lower())
    if match is None or unit is None:
        raise UsageError(
            f"{text!r} is no size", place=place, hint="write GiB, such as 40, or with a unit: 25Gi"
        )
    number = Decimal(match[1])
    if number < 0:
        raise UsageError(f"{text!r} is negative", place=place, hint="write a size from 0 up")
    if unit == 1 << 30:
        return _six_decimals(number, text, place)
    micro, rest = divmod(number.as_integer_ratio()[0] * unit * 10**6, number.as_integer_ratio()[1] << 30)
    return _six_decimals(Decimal(micro + (rest > 0)).scaleb(-6), text, place)


def read_count(text: str, place: str, *, most: int = MOST_INSTANCES) -> int:
    """A whole number from 0 to `most`."""
    if _COUNT.fullmatch(text.strip()) is None or int(text) > most:
        raise UsageError(f"{text!r} is no count", place=place, hint=f"write a whole number from 0 to {most}")
    return int(text)


def read_instance(text: str, place: str) -> tuple[Decimal, Decimal]:
    """vCPU and memory in GiB, both over 0: from 2c4g, or 2-4Gi."""
    match = _INSTANCE.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"{text!r} is no instance", place=place, hint="write vCPU and GiB, such as 2c4g")
    vcpu, memory = (read_gib(part, place) for part in match.groups())
    if not vcpu or not memory:
        raise UsageError(
            f"{text!r} has no vCPU or no memory", place=place, hint="write vCPU and GiB, such as 2c4g"
        )
    return vcpu, memory


def read_seconds(text: str, place: str) -> int:
    """A duration in seconds."""
    try:
        return parse_duration(text)
    except PeriodError as error:
        raise UsageError(error.message, place=place, hint=error.hint) from None


def read_keep_s(text: str, place: str) -> int | None:
    """How long a cache is kept, in seconds; None: for good."""
    return None if text.strip().lower() == PERMANENT else read_seconds(text, place)


def read_amount(text: str, place: str) -> Decimal:
    """An amount of money, at least 0."""
    if _NUMBER.fullmatch(text.strip()) is None or (amount := Decimal(text.strip())) < 0:
        raise UsageError(
            f"{text!r} is no amount", place=place, hint="write a number from 0 up, such as 250.00"
        )
    return amount


def _six_decimals(number: Decimal, text: str, place: str) -> Decimal:
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -6:
        raise UsageError(f"{text!r} has more than six decimals", place=place, hint="sizes have at most six")
    if number > MOST_GIB:
        raise UsageError(f"{text!r} is too large", place=place, hint=f"write at most {MOST_GIB}")
    return number
