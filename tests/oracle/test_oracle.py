"""The oracle itself: the worked examples, second by second where that is possible, and its reading of times."""

from decimal import Decimal
from fractions import Fraction

import pytest

from tests.oracle.bill import half_up, month_bill, overlaps
from tests.oracle.prices import CNY, SHIPPED
from tests.oracle.times import microsecond, month_window, next_month, second, written
from tests.oracle.worked_examples import EXAMPLES, Example, cache, instance


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_worked_examples_come_out_exactly(example: Example) -> None:
    found = month_bill(example.caches, example.instances, SHIPPED[example.tariff], example.month)
    assert not found.unrated
    amounts = (line.amount for key, line in found.lines.items() if key.charge in example.charges)
    assert sum(amounts) == Fraction(example.exact)


@pytest.mark.parametrize(
    ("number", "rounded"),
    [
        ("0.12345678905", "0.1234567891"),
        ("-0.12345678905", "-0.1234567891"),
        ("0.12345678904999", "0.1234567890"),
        ("3", "3"),
    ],
)
def test_amounts_are_rounded_half_up_away_from_zero(number: str, rounded: str) -> None:
    assert half_up(Fraction(number), 10) == Fraction(Decimal(rounded))


def test_instants_are_cut_down_to_the_second_also_before_1970() -> None:
    assert second("1970-01-01T08:00:00.999999+08:00") == 0
    assert second("1969-12-31T23:59:59.5Z") == -1
    assert microsecond("2024-02-29T24:00:00Z".replace("24:", "23:")) == 1709247600 * 10**6


@pytest.mark.parametrize("offset", [0, 480, 330, -570])
@pytest.mark.parametrize(
    "text", ["2024-02-29T00:00:00Z", "2023-12-31T23:59:59.999999+08:00", "2022-09-20T00:00:00.1-03:30"]
)
def test_written_instants_read_back(text: str, offset: int) -> None:
    assert microsecond(written(microsecond(text), offset)) == microsecond(text)


def test_months_are_those_of_utc_plus_8() -> None:
    assert month_window("2024-02") == (second("2024-01-31T16:00:00Z"), second("2024-02-29T16:00:00Z"))
    assert next_month("2023-12") == "2024-01"


def test_a_record_without_length_counts_where_it_begins() -> None:
    assert overlaps(10, 10, (10, 20))
    assert not overlaps(20, 20, (10, 20))
    assert not overlaps(5, 10, (10, 20))


def test_counting_second_by_second_gives_the_same() -> None:
    """An instance over the change of the included storage at New Year; from 00:10 on it is estimated."""
    caches = [cache(creation_method="automatic", size_gib="50", created_at="2023-12-01T00:00:00Z")]
    run = {"started_at": "2023-12-31T23:30:00.7+08:00", "observed_at": "2024-01-01T00:10:00.2+08:00"}
    begin, until = second(run["started_at"]), second("2024-01-01T00:20:00+08:00")
    new_year = second("2024-01-01T00:00:00+08:00")
    counted: dict[str, Fraction] = {"2023-12": Fraction(0), "2024-01": Fraction(0)}
    estimated = 0
    for moment in range(begin, until):
        counted["2023-12" if moment < new_year else "2024-01"] += 30 if moment < new_year else 20
        estimated += 20 * (moment >= second(run["observed_at"]))
    for month, quantity in counted.items():
        found = month_bill(caches, [instance(**run)], CNY, month, until)
        (line,) = [line for key, line in found.lines.items() if key.charge == "usage.ephemeral_storage"]
        assert line.quantity == quantity
        assert line.estimated_quantity == (estimated if month == "2024-01" else 0)


def test_counting_hour_by_hour_gives_the_same() -> None:
    """A snapshot from 10:59:59.9 to 12:00:00.9 touches two clock hours, one more second makes it three."""
    for deleted, hours in (("12:00:00.9", 2), ("12:00:01", 3), ("10:59:59.95", 0)):
        row = cache(
            snapshot_gib="2",
            created_at="2024-05-05T10:00:00+08:00",
            ready_at="2024-05-05T10:59:59.9+08:00",
            deleted_at=f"2024-05-05T{deleted}+08:00",
        )
        found = month_bill([row], [], CNY, "2024-05")
        quantities = [line.quantity for key, line in found.lines.items() if key.charge == "creation.snapshot"]
        assert sum(quantities) == 2 * hours
