"""Formats: numbers, amounts, quantities and names as the report writes them."""

import re
from decimal import Decimal

import pytest

from reports.i18n import Formats, name, places_for

EN = Formats("en", currency="CNY", places=2)
ZH = Formats("zh", currency="CNY", places=2)


def text(markup: str) -> str:
    return re.sub(r"<[^>]*>", "", markup)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("12345.675", "12,345.68"),
        ("-12345.67", "−12,345.67"),
        ("0", "0.00"),
        ("0.004", "&lt;0.01"),
        ("-0.004", "−0.00"),
        ("0.005", "0.01"),
        ("99999999999999999999.0000000001", "99,999,999,999,999,999,999.00"),
    ],
)
def test_an_amount_is_rounded_half_up_with_a_real_minus_and_never_to_nothing(amount: str, shown: str) -> None:
    assert text(EN.amount(Decimal(amount))) == shown


def test_a_rounded_amount_keeps_its_exact_value() -> None:
    assert EN.amount(Decimal("0.0126")) == '<data value="0.0126" title="0.0126">0.01</data>'
    assert EN.amount(Decimal("12.50")) == '<data value="12.5">12.50</data>'


def test_a_change_has_its_sign() -> None:
    assert text(EN.change(Decimal("1.5"))) == "+1.50"
    assert text(EN.change(Decimal("-1.5"))) == "−1.50"
    assert text(EN.change(Decimal(0))) == "0.00"


def test_exact_amounts_show_every_decimal_and_make_room_for_those_that_others_have() -> None:
    cells = EN.exact([Decimal("12.3456789012"), Decimal("-0.5"), Decimal("1000")])
    assert [text(cell) for cell in cells] == ["12.3456789012", "−0.50", "1,000.00"]
    assert ['class="p0"' in cells[0], 'class="p8"' in cells[1], 'class="p8"' in cells[2]] == [
        True,
        True,
        True,
    ]


def test_money_names_its_currency() -> None:
    assert EN.money(Decimal("1234.5")) == "CNY\u00a01,234.50"
    assert ZH.money(Decimal("-1234.5")) == "−CNY\u00a01,234.50"


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [("1", "3", "33.3%"), ("1", "9999", "<0.1%"), ("0", "5", "0.0%"), ("1", "0", "–")],
)
def test_a_share_has_one_decimal(part: str, whole: str, shown: str) -> None:
    assert EN.percent(Decimal(part), Decimal(whole)) == shown


def test_seconds_are_shown_as_hours() -> None:
    quantity, unit = EN.quantity(Decimal(21600), "GiB-second")
    assert (text(quantity), unit) == ("6", "GiB-hour")
    assert text(EN.quantity(Decimal(1), "vCPU-second")[0]) == "&lt;0.01"
    assert EN.quantity(Decimal(3), "enabling")[1] == "enabling"


def test_dates_are_those_of_the_billing_zone_in_the_language() -> None:
    october_s = 1790784000
    assert EN.month(october_s) == "October 2026"
    assert ZH.month(october_s) == "2026年10月"
    assert EN.day("2026-10-01") == "Thu, Oct 1"
    assert EN.instant(october_s - 60) == "Sep 30, 2026 23:59"


def test_small_totals_get_more_decimals() -> None:
    totals = ["0", "12.5", "1.5", "0.0126", "0.0000000001"]
    assert [places_for(Decimal(total)) for total in totals] == [2, 2, 4, 6, 10]


def test_a_long_name_is_cut_in_the_middle_and_kept_whole_in_its_title() -> None:
    cut = name("a" * 5000 + "z" * 5000, 20)
    assert text(cut) == "aaaaaaaaa…zzzzzzzzz"
    assert f'title="{"a" * 5000}{"z" * 5000}"' in cut


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ('" onmouseover="x', "&#34; onmouseover=&#34;x"),
        ("a\x1b[31mred", "a\\x1b[31mred"),
        ("\u202eevil", "\\u202eevil"),
        ("\ud800", "\\ud800"),
        ("line\nbreak\u2028", "line\\nbreak\\u2028"),
        ("训练 مخزن 👩‍💻", "训练 مخزن 👩‍💻"),
    ],
)
def test_a_hostile_name_is_harmless(hostile: str, shown: str) -> None:
    assert name(hostile) == f"<bdi>{shown}</bdi>"


@pytest.mark.parametrize(
    ("value", "shown"), [("0.004", "+0.00"), ("-0.004", "−0.00"), ("0", "0.00"), ("1.5", "+1.50")]
)
def test_a_change_that_rounds_to_nothing_keeps_its_sign(value: str, shown: str) -> None:
    assert text(EN.change(Decimal(value))) == shown


def test_a_share_that_rounds_to_nothing_keeps_its_sign() -> None:
    assert EN.percent(Decimal("0.0001"), Decimal(1)) == "<0.1%"
    assert EN.percent(Decimal("-0.0001"), Decimal(1)) == "−0.0%"
    assert EN.percent_change(Decimal("0.0001"), Decimal(1)) == "+0.0%"
    assert EN.percent_change(Decimal(0), Decimal(1)) == "0.0%"
    assert EN.percent(Decimal(1), Decimal(0)) == EN.percent_change(Decimal(1), Decimal(0)) == "–"
