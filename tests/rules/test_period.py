"""Months, days, hours and instants of the billing zone."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.errors import PeriodError
from rules.period import (
    HOUR_S,
    Month,
    date_label,
    epoch_s,
    instant,
    parse_date_or_instant,
    parse_instant,
    parse_month,
    rfc3339,
    started_hours,
)

SECONDS = st.integers(0, 4_102_444_800)


def at(text: str) -> int:
    return epoch_s(parse_instant(text))


def test_a_month_runs_from_its_first_midnight_in_utc_plus_8_to_the_next() -> None:
    month = parse_month("2026-10")
    assert rfc3339(month.from_s) == "2026-10-01T00:00:00+08:00"
    assert rfc3339(month.until_s) == "2026-11-01T00:00:00+08:00"
    assert instant(month.from_s) == datetime(2026, 9, 30, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("label", "days"), [("2024-02", 29), ("2026-02", 28), ("2026-04", 30), ("2026-12", 31), ("1970-01", 31)]
)
def test_the_days_of_a_month_make_up_the_month(label: str, days: int) -> None:
    month = Month(label)
    found = month.days()
    assert len(found) == days
    assert found[0].label == f"{label}-01"
    assert found[-1].label == f"{label}-{days}"
    assert [day.from_s for day in found] + [month.until_s] == [month.from_s] + [day.until_s for day in found]


def test_months_follow_one_another_across_the_year() -> None:
    assert Month("2026-12").next() == Month("2027-01")
    assert Month("2027-01").previous() == Month("2026-12")
    assert Month("2026-09") < Month("2026-10")


@settings(max_examples=200)
@given(SECONDS)
def test_every_second_lies_in_its_month_only(at_s: int) -> None:
    month = Month.containing(at_s)
    assert month.from_s <= at_s < month.until_s
    assert Month.containing(month.until_s) == month.next()
    assert month.next().previous() == month


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-1", "26-10", "2026-10-01", "", "1969-12", "9999-01", "２０２６-10"]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(PeriodError) as refused:
        parse_month(text)
    assert str(refused.value) == f"{text!r} is no month: write year and month, such as 2026-10"


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-10-01T00:00:00Z", "2026-10-01T00:00:00+00:00"),
        ("2026-10-01t00:00:00z", "2026-10-01T00:00:00+00:00"),
        ("2026-10-01 08:00:00+08:00", "2026-10-01T00:00:00+00:00"),
        ("2026-09-30T19:30:00-04:30", "2026-10-01T00:00:00+00:00"),
        ("2026-10-01T00:00:00.5Z", "2026-10-01T00:00:00.500000+00:00"),
        ("2026-10-01T00:00:00.123456789Z", "2026-10-01T00:00:00.123456+00:00"),
        ("2024-02-29T23:59:59.999999+08:00", "2024-02-29T15:59:59.999999+00:00"),
    ],
)
def test_an_instant_is_read_in_utc_to_the_microsecond(text: str, utc: str) -> None:
    found = parse_instant(text)
    assert type(found) is datetime
    assert found.isoformat() == utc


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "2026-10-01T00:00:00",
            "'2026-10-01T00:00:00' names no zone: add an offset such as +08:00, or Z for UTC",
        ),
        ("2026-10-01", "'2026-10-01' is no instant: write RFC 3339, such as 2026-10-01T00:00:00+08:00"),
        (
            "2026-W40-1T00:00:00Z",
            "'2026-W40-1T00:00:00Z' is no instant: write RFC 3339, such as 2026-10-01T00:00:00+08:00",
        ),
        (
            "2026-10-01T00:00:0012Z",
            "'2026-10-01T00:00:0012Z' is no instant: write RFC 3339, such as 2026-10-01T00:00:00+08:00",
        ),
        ("now", "'now' is no instant: write RFC 3339, such as 2026-10-01T00:00:00+08:00"),
        ("2026-02-30T00:00:00Z", "there is no instant '2026-02-30T00:00:00Z': check day, hour and offset"),
        ("2026-10-01T24:00:00Z", "there is no instant '2026-10-01T24:00:00Z': check day, hour and offset"),
        (
            "2026-10-01T00:00:00+25:00",
            "there is no instant '2026-10-01T00:00:00+25:00': check day, hour and offset",
        ),
        (
            "9999-12-31T23:59:59-08:00",
            "there is no instant '9999-12-31T23:59:59-08:00': check day, hour and offset",
        ),
    ],
)
def test_what_is_no_instant_is_refused(text: str, message: str) -> None:
    with pytest.raises(PeriodError) as refused:
        parse_instant(text)
    assert str(refused.value) == message


def test_a_date_alone_is_its_midnight_in_the_billing_zone() -> None:
    assert rfc3339(parse_date_or_instant("2026-10-01")) == "2026-10-01T00:00:00+08:00"
    assert parse_date_or_instant("2026-10-01T00:00:00Z") == datetime(2026, 10, 1, tzinfo=UTC)
    with pytest.raises(PeriodError) as refused:
        parse_date_or_instant("2026-02-30")
    assert str(refused.value) == "there is no day '2026-02-30': check year, month and day"


@settings(max_examples=200)
@given(st.integers(-(10**15), 10**16))
def test_an_instant_survives_being_written_and_read(micros: int) -> None:
    moment = instant(0) + timedelta(microseconds=micros)
    assert parse_instant(rfc3339(moment)) == moment
    assert instant(epoch_s(moment)) <= moment < instant(epoch_s(moment) + 1)


def test_a_fraction_is_written_only_where_there_is_one() -> None:
    assert rfc3339(datetime(2026, 10, 1, 0, 0, 0, 250_000, tzinfo=UTC)) == "2026-10-01T08:00:00.250000+08:00"


def test_seconds_before_1970_are_cut_down_too() -> None:
    assert epoch_s(datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)) == -1


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 10, 1)  # noqa: DTZ001
    for use in (epoch_s, rfc3339):
        with pytest.raises(PeriodError, match="2026-10-01 00:00:00 names no zone"):
            use(naive)


def test_an_epoch_second_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(PeriodError, match="epoch second 253402300800 lies outside the years 1 to 9999"):
        instant(253402300800)


def test_a_label_is_a_date_at_midnight_and_an_instant_otherwise() -> None:
    assert date_label(at("2021-07-01T00:00:00+08:00")) == "2021-07-01"
    assert date_label(at("2021-07-01T00:00:00Z")) == "2021-07-01T08:00:00+08:00"


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [
        ("10:20:00", "23:00:00", 13),
        ("10:00:00", "11:00:00", 1),
        ("10:00:00", "11:00:01", 2),
        ("10:59:59", "11:00:00", 1),
        ("10:59:59", "11:00:01", 2),
        ("10:30:00", "10:30:00", 0),
        ("10:30:00", "10:20:00", 0),
    ],
)
def test_a_started_hour_counts_whole(begin: str, end: str, hours: int) -> None:
    assert started_hours(at(f"2026-10-01T{begin}+08:00"), at(f"2026-10-01T{end}+08:00")) == hours


@settings(max_examples=200)
@given(SECONDS, st.integers(0, 10**6), st.integers(0, 10**6))
def test_cutting_at_a_full_hour_changes_no_started_hours(begin_s: int, first_s: int, second_s: int) -> None:
    cut_s = (begin_s + first_s) // HOUR_S * HOUR_S + HOUR_S
    end_s = cut_s + second_s
    assert started_hours(begin_s, end_s) == started_hours(begin_s, cut_s) + started_hours(cut_s, end_s)


@settings(max_examples=200)
@given(SECONDS, st.integers(1, 10**6))
def test_started_hours_are_the_clock_hours_touched(begin_s: int, length_s: int) -> None:
    touched = {
        second // HOUR_S for second in (*range(begin_s, begin_s + length_s, HOUR_S), begin_s + length_s - 1)
    }
    assert started_hours(begin_s, begin_s + length_s) == len(touched)


def test_the_zone_has_no_daylight_saving_to_forget() -> None:
    january, july = Month("2026-01"), Month("2026-07")
    assert instant(january.from_s).hour == instant(july.from_s).hour == 16
    assert instant(july.until_s) - instant(july.from_s) == timedelta(days=31)


def test_importing_the_rules_imports_no_pendulum() -> None:
    code = (
        "import rules.charges, rules.money, rules.period, rules.quota, rules.retention, rules.tariff, rules.units, sys;"
        "rules.tariff.load('alibaba-cn');"
        "sys.exit('pendulum' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
