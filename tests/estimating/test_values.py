"""Values as people write them, and what is refused with which sentence."""

from decimal import Decimal

import pytest

from billing.errors import UsageError
from billing.estimating.values import (
    read_amount,
    read_count,
    read_gib,
    read_instance,
    read_keep_s,
    read_seconds,
)
from rules.charges import PULL_SAMPLE
from rules.durations import duration_label, parse_duration
from rules.errors import PeriodError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("5m", 300), ("3h", 10_800), ("7d", 604_800), ("1h30m", 5400), ("1.5h", 5400), ("2w", 1_209_600),
     ("PT5M", 300), ("P3D", 259_200), ("P1DT2H", 93_600), ("pt0.5h", 1800), ("0s", 0), (" 3 h ", 10_800)],
)  # fmt: skip
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds
    assert parse_duration(duration_label(seconds)) == seconds


@pytest.mark.parametrize(
    "text", ["", "5", "-3h", "P", "PT", "P1M", "1.5s", "m5", "1h-3m", "36501d", "9" * 40 + "s", "٣h"]
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(PeriodError):
        parse_duration(text)


def test_sizes() -> None:
    assert read_gib("40", "x") == 40
    assert read_gib("50Gi", "x") == 50
    assert read_gib("1.5 GiB", "x") == Decimal("1.5")
    assert read_gib("512Mi", "x") == Decimal("0.5")
    assert read_gib("386.26MB", "x") == Decimal("0.359733")
    assert PULL_SAMPLE.seconds_for(read_gib("386.26MB", "x")) == 50


def test_instances_counts_and_times() -> None:
    assert read_instance("2c4g", "x") == (Decimal(2), Decimal(4))
    assert read_instance("0.5c1g", "x") == (Decimal("0.5"), Decimal(1))
    assert read_instance("2-4Gi", "x") == (Decimal(2), Decimal(4))
    assert read_count("10", "x") == 10
    assert (read_keep_s("permanent", "x"), read_keep_s("3d", "x")) == (None, 259_200)
    assert read_amount("250.5", "x") == Decimal("250.5")


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (read_gib, "forty", "is no size"),
        (read_gib, "-1", "is negative"),
        (read_gib, "1.1234567", "more than six decimals"),
        (read_gib, "9999999", "too large"),
        (read_gib, "1e5", "is no size"),
        (read_count, "-1", "is no count"),
        (read_count, "1.5", "is no count"),
        (read_count, "9" * 30, "is no count"),
        (read_instance, "2", "is no instance"),
        (read_instance, "0c4g", "no vCPU"),
        (read_instance, "1..2c4g", "is no size"),
        (read_seconds, "-3h", "is negative"),
        (read_amount, "-5", "is no amount"),
        (read_amount, "NaN", "is no amount"),
    ],
)
def test_what_is_refused_says_where(read: object, text: str, message: str) -> None:
    assert callable(read)
    with pytest.raises(UsageError, match=message) as refused:
        read(text, "--here")
    assert refused.value.place == "--here"
