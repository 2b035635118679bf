"""Charts: drawings that fit the page, say what they show, and come out the same every time."""

import re
from decimal import Decimal

import pytest

from reports.charts import NARROW, WIDE, Bar, bar_chart, cost_chart, tick_step
from reports.i18n import Formats

FORMATS = Formats("en", currency="CNY", places=2)
DAYS = [
    Bar(str(day + 1) if day % 7 == 0 else "", Decimal(day * 100), Decimal("7.5"), "most" if day == 30 else "")
    for day in range(31)
]


def test_the_same_days_give_the_same_drawing() -> None:
    one, two = (bar_chart(DAYS, FORMATS, size=WIDE, description="d") for _ in range(2))
    assert one == two


def test_a_chart_fills_its_place_and_says_what_it_shows() -> None:
    chart = bar_chart(DAYS, FORMATS, size=NARROW, description="costs <b>a day</b>")
    head = chart[: chart.index(">") + 1]
    assert 'viewBox="0 0 340 200"' in head
    assert "width=" not in head
    assert "<title>costs &lt;b&gt;a day&lt;/b&gt;</title>" in chart


def test_a_chart_keeps_to_the_content_security_policy() -> None:
    chart = bar_chart(DAYS, FORMATS, size=WIDE, description="d")
    assert "style=" not in chart
    assert "<script" not in chart
    assert "href=" not in chart.replace('xmlns:xlink="http://www.w3.org/1999/xlink"', "")


def test_labels_are_text_in_the_language_of_the_page() -> None:
    chart = bar_chart(DAYS, FORMATS, size=WIDE, description="d")
    assert ">4,000</text>" in chart
    assert ">29</text>" in chart
    assert ">28</text>" not in chart
    assert ">most</text>" in chart


@pytest.mark.parametrize(
    ("highest", "step", "count"),
    [
        ("0", "1", 1),
        ("1", "0.2", 5),
        ("9746", "2000", 5),
        ("11", "5", 3),
        ("0.0000000003", "0.0000000001", 3),
    ],
)
def test_ticks_are_round_and_reach_the_highest_bar(highest: str, step: str, count: int) -> None:
    assert tick_step(Decimal(highest)) == (Decimal(step), count)


def test_lines_are_named_at_their_ends_and_names_never_stand_on_one_another() -> None:
    lines = [
        ("manual", Decimal(1), Decimal(9)),
        ("automatic", Decimal(0), Decimal(0)),
        ("none", Decimal(0), Decimal(0)),
    ]
    chart = cost_chart(Decimal(0), Decimal(10), lines, FORMATS, size=WIDE, description="costs")
    named = {
        text: Decimal(y)
        for y, text in re.findall(
            r'<text[^>]*transform="translate\([\d.]+,([\d.-]+)\)"[^>]*>(\w+)</text>', chart
        )
        if text in ("manual", "automatic", "none")
    }
    assert set(named) == {"manual", "automatic", "none"}
    assert named["manual"] < named["none"] - WIDE.font
    assert abs(named["none"] - named["automatic"]) >= WIDE.font
    assert "legend" not in chart
