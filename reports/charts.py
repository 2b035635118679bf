"""Charts as SVG that a page holds inline: Altair describes them, vl-convert draws them without a browser.

The only user of Altair and vl-convert. Text stays text in the page's own font; numbers and labels come formatted, so that
a chart speaks the page's language. The SVG has attributes and no style, which a Content-Security-Policy lets be.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any, NamedTuple

import altair as alt
import vl_convert
from markupsafe import Markup

from reports.i18n import Formats
from reports.step_line import StepLine
from rules.period import DAY_S, day_end_s, epoch_s, instant, rfc3339

INK, MUTED, RULE = "#1b2330", "#5a6473", "#dfe3e8"
USAGE, CREATION = "#1f5a96", "#dd9a2b"
"""The two phases, as in the style sheet: dark blue and light amber, apart in grey and for every colour blindness."""

THRESHOLDS = ("#dd9a2b", "#b3372f")
"""The colours of thresholds: the lower ones warn, the last is critical."""

FONT = "Inter, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'WenQuanYi Micro Hei', sans-serif"


VALIDATED = False
"""Whether charts are held against Vega-Lite's schema before they are drawn."""


class Bar(NamedTuple):
    """One day's or month's amounts; `label` stands below the bar, `note` above it or, of a gap, in its place; empty: nothing."""

    label: str
    usage: Decimal
    creation: Decimal
    note: str = ""


class Size(NamedTuple):
    """A chart's size in pixels, and the font size that keeps its text readable at that size."""

    width: int
    height: int
    font: int


WIDE, NARROW = Size(720, 210, 11), Size(340, 200, 11)


def bar_chart(bars: Sequence[Bar], f: Formats, *, size: Size, description: str) -> Markup:
    """Stacked bars of use and creation, in order, with `description` as the text alternative."""
    highest = max((bar.usage + bar.creation for bar in bars), default=Decimal(0))
    chart = (
        alt.layer(_columns(bars, tick_step(highest), f, size), _notes(bars, size))
        .properties(
            width=size.width - _LABELS_WIDTH,
            height=size.height - _LABELS_HEIGHT,
            padding={"left": _LABELS_WIDTH - 4, "right": 4, "top": 8, "bottom": _LABELS_HEIGHT - 8},
            autosize="none",
            background="transparent",
        )
        .configure(aria=False, font=FONT)
        .configure_view(stroke=None)
    )
    return _inline(_svg(chart), description)


def _columns(bars: Sequence[Bar], ticks: tuple[Decimal, int], f: Formats, size: Size) -> alt.Chart:
    """The bars themselves, with both axes."""
    step, count = ticks
    parts = [
        {"at": index, "part": part, "order": order, "amount": str(amount)}
        for index, bar in enumerate(bars)
        for order, (part, amount) in enumerate((("usage", bar.usage), ("creation", bar.creation)))
    ]
    drawn: alt.Chart = (
        alt.Chart({"values": parts, "format": {"parse": {"amount": "number"}}})
        .mark_bar(width={"band": 0.72})
        .encode(
            x=alt.X("at:O", title=None, axis=_label_axis(bars, size)),
            y=alt.Y(
                "amount:Q",
                title=None,
                stack=True,
                scale=alt.Scale(domain=[0, {"expr": str(step * count)}], nice=False),
                axis=_amount_axis([step * index for index in range(count + 1)], step, f, size),
            ),
            color=alt.Color(
                "part:N", legend=None, scale=alt.Scale(domain=["usage", "creation"], range=[USAGE, CREATION])
            ),
            order=alt.Order("order:O"),
        )
    )
    return drawn


def _notes(bars: Sequence[Bar], size: Size) -> alt.Chart:
    """What is written above some bars."""
    notes = [
        {"at": index, "note": bar.note, "amount": str(bar.usage + bar.creation)}
        for index, bar in enumerate(bars)
        if bar.note
    ]
    drawn: alt.Chart = (
        alt.Chart({"values": notes, "format": {"parse": {"amount": "number"}}})
        .mark_text(baseline="bottom", dy=-3, fontSize=size.font, color=INK)
        .encode(x=alt.X("at:O"), y=alt.Y("amount:Q"), text="note:N")
    )
    return drawn


def cost_chart(
    from_x: Decimal,
    until_x: Decimal,
    lines: Sequence[tuple[str, Decimal, Decimal]],
    f: Formats,
    *,
    size: Size,
    description: str,
) -> Markup:
    """Straight lines of cost from one value of a variable to another: title, cost at the begin, cost at the end."""
    step, count = tick_step(max(cost for _, *costs in lines for cost in costs))
    points = [
        {"x": str(x), "cost": str(cost), "title": title, "end": x == until_x}
        for title, first, last in lines
        for x, cost in ((from_x, first), (until_x, last))
    ]
    x_step, _ = tick_step(until_x)
    first_tick = (from_x / x_step).to_integral_value(ROUND_CEILING)
    ticks = [x_step * (first_tick + index) for index in range(6) if x_step * (first_tick + index) <= until_x]
    base = alt.Chart({"values": points, "format": {"parse": {"x": "number", "cost": "number"}}})
    colours = alt.Scale(domain=[title for title, *_ in lines], range=[USAGE, CREATION, MUTED][: len(lines)])
    x = alt.X(
        "x:Q",
        title=None,
        scale=alt.Scale(domain={"expr": f"[{from_x},{until_x}]"}, nice=False),
        axis=alt.Axis(
            values={"expr": f"[{','.join(map(str, ticks))}]"},
            labelColor=MUTED,
            labelFontSize=size.font,
            labelPadding=6,
            grid=False,
            ticks=False,
            domainColor=INK,
        ),
    )
    y = alt.Y(
        "cost:Q",
        title=None,
        scale=alt.Scale(domain=[0, {"expr": str(step * count)}], nice=False),
        axis=_amount_axis([step * index for index in range(count + 1)], step, f, size),
    )
    drawn = base.mark_line(strokeWidth=2).encode(
        x=x, y=y, color=alt.Color("title:N", legend=None, scale=colours)
    )
    height = size.height - _LABELS_HEIGHT
    named = _line_names(until_x, lines, step * count, Decimal(size.font + 3) / height)
    names = (
        alt.Chart({"values": named, "format": {"parse": {"x": "number", "cost": "number"}}})
        .mark_text(align="left", baseline="middle", dx=6, fontSize=size.font, fontWeight=600)
        .encode(x=x, y=y, text="title:N", color=alt.Color("title:N", legend=None, scale=colours))
    )
    chart = alt.layer(drawn, names).properties(width=size.width - _LABELS_WIDTH - _NAMES_WIDTH, height=height)
    chart = chart.configure(aria=False, font=FONT, background="transparent").configure_view(stroke=None)
    return _inline(_svg(chart), description)


_NAMES_WIDTH = 130
"""What the names of lines take at their ends."""


def _line_names(
    until_x: Decimal, lines: Sequence[tuple[str, Decimal, Decimal]], top: Decimal, apart: Decimal
) -> list[dict[str, str]]:
    """Each line's name at its end, moved up where it would stand on the one below: `apart` is a share of the height."""
    named, lowest = [], Decimal(0)
    for title, _, last in sorted(lines, key=lambda line: line[2]):
        at = max(last, lowest)
        lowest = at + top * apart
        named.append({"x": str(until_x), "cost": str(at), "title": title})
    return named


def step_chart(line: StepLine, f: Formats, *, size: Size, description: str) -> Markup:
    """A line of steps with the limit drawn in, for a page; days are written as the page's language has them."""
    first = line.moments[0]
    days = {at: f.day(rfc3339(at)[:10]) for at in _midnights(first, line.end)}
    chart = _steps(line, size, days).configure(aria=False, font=FONT, background="transparent")
    return _inline(_svg(chart.configure_view(stroke=None)), description)


def step_drawing(lines: Sequence[StepLine]) -> str:
    """An SVG file with one chart of steps below the other, each with its title, for reading it anywhere."""
    size = Size(760, 170, 11)
    charts = [
        _steps(line, size, {at: rfc3339(at)[:10] for at in _midnights(line.moments[0], line.end)}).properties(
            title=alt.TitleParams(line.title, anchor="start", color=INK, fontSize=13)
        )
        for line in lines
    ]
    return _svg(alt.vconcat(*charts).configure(font=FONT, background="white").configure_view(stroke=None))


def _steps(line: StepLine, size: Size, days: Mapping[datetime, str]) -> alt.LayerChart | alt.FacetChart:
    """Use as a filled line of steps and the limit as a dashed one, in the same measure, which begins at zero."""
    highest = max(*line.values, *(limit or 0 for limit in line.limits))
    step, count = tick_step(Decimal(highest))
    moments = [*line.moments, line.end]
    uses = [
        {"at": epoch_s(at), "used": used}
        for at, used in zip(moments, (*line.values, line.values[-1]), strict=True)
    ]
    limits = [
        {"at": epoch_s(at), "limit": limit}
        for at, limit in zip(moments, (*line.limits, line.limits[-1]), strict=True)
        if limit is not None
    ]
    x = alt.X(
        "at:Q",
        title=None,
        scale=alt.Scale(domain=[epoch_s(line.moments[0]), epoch_s(line.end)], nice=False),
        axis=alt.Axis(
            values=[epoch_s(at) for at in days],
            labelExpr=f"{json.dumps({epoch_s(at): label for at, label in days.items()})}[datum.value]",
            labelAngle=0,
            labelColor=MUTED,
            labelFontSize=size.font,
            labelPadding=6,
            labelFlush=True,
            grid=False,
            ticks=False,
            domainColor=INK,
        ),
    )
    y = alt.Scale(domain=[0, {"expr": str(step * count)}], nice=False)
    axis = alt.Axis(
        values={"expr": f"[{','.join(str(step * index) for index in range(count + 1))}]"},
        labelColor=MUTED,
        labelFontSize=size.font,
        ticks=False,
        domain=False,
        gridColor=RULE,
    )
    area = (
        alt.Chart({"values": uses})
        .mark_area(
            interpolate="step-after", color=USAGE, fillOpacity=0.15, line={"color": USAGE, "strokeWidth": 1.5}
        )
        .encode(x=x, y=alt.Y("used:Q", title=None, scale=y, axis=axis))
    )
    limit = (
        alt.Chart({"values": limits})
        .mark_line(interpolate="step-after", color=INK, strokeDash=[5, 4], strokeWidth=1.5)
        .encode(x=x, y=alt.Y("limit:Q", title=None, scale=y, axis=axis))
    )
    lines = [_threshold_line(line, moments, index, x, y, axis) for index in range(len(line.thresholds))]
    layers = alt.layer(area, *lines, limit, _limit_name(line, limits[:1], size, y))
    return layers.properties(width=size.width - _LABELS_WIDTH, height=size.height - _LABELS_HEIGHT)


def _limit_name(line: StepLine, first: Sequence[Mapping[str, int]], size: Size, y: alt.Scale) -> alt.Chart:
    """The limit's name above its line, where it begins."""
    named = alt.Chart({"values": [{**each, "name": line.limit_name} for each in first]})
    style: Any = {"align": "left", "baseline": "bottom", "dx": 4, "dy": -4, "fontWeight": 600}
    drawn: alt.Chart = named.mark_text(fontSize=size.font, color=INK, **style).encode(
        x="at:Q", y=alt.Y("limit:Q", scale=y), text="name:N"
    )
    return drawn


def _threshold_line(
    line: StepLine, moments: Sequence[datetime], index: int, x: alt.X, y: alt.Scale, axis: alt.Axis
) -> alt.Chart:
    """A threshold as a thin line of steps; the highest in the colour of what is wrong."""
    values = line.thresholds[index]
    points = [
        {"at": epoch_s(at), "threshold": str(value)}
        for at, value in zip(moments, (*values, values[-1]), strict=True)
        if value is not None
    ]
    color = THRESHOLDS[min(index, len(THRESHOLDS) - 1)]
    chart = alt.Chart({"values": points, "format": {"parse": {"threshold": "number"}}})
    drawn: alt.Chart = chart.mark_line(interpolate="step-after", color=color, strokeWidth=1).encode(
        x=x, y=alt.Y("threshold:Q", title=None, scale=y, axis=axis)
    )
    return drawn


def _midnights(first: datetime, end: datetime) -> list[datetime]:
    """About six days' beginnings in the billing zone between two instants, at equal distances."""
    begin_s = day_end_s(epoch_s(first) - 1)
    step_s = max(1, -(-(epoch_s(end) - begin_s) // (6 * DAY_S))) * DAY_S
    return [instant(at_s) for at_s in range(begin_s, epoch_s(end), step_s)]


def _svg(chart: alt.TopLevelMixin) -> str:
    """The drawing. Whether the chart keeps to Vega-Lite's schema is looked at in tests: it takes as long as drawing."""
    return vl_convert.vegalite_to_svg(chart.to_dict(validate=VALIDATED))


def curve_chart(points: Sequence[tuple[int, Decimal]], *, size: Size = WIDE, description: str) -> Markup:
    """A line through points of whole numbers and what belongs to them, with `description` as title and text alternative."""
    step, count = tick_step(max((value for _, value in points), default=Decimal(0)))
    values = [{"x": at, "y": str(value)} for at, value in points]
    chart = (
        alt.Chart({"values": values, "format": {"parse": {"y": "number"}}})
        .mark_line(color=USAGE, point={"color": USAGE, "size": 16})
        .encode(
            x=alt.X(
                "x:Q",
                title=None,
                scale=alt.Scale(zero=False, nice=False),
                axis=alt.Axis(format="d", tickMinStep=1, grid=False, labelColor=MUTED, domainColor=INK),
            ),
            y=alt.Y(
                "y:Q",
                title=None,
                scale=alt.Scale(domain=[0, {"expr": str(step * count)}], nice=False),
                axis=alt.Axis(labelColor=MUTED, ticks=False, domain=False, gridColor=RULE, tickCount=count),
            ),
        )
        .properties(
            width=size.width - 2 * _LABELS_WIDTH,
            height=size.height - _LABELS_HEIGHT,
            title=alt.TitleParams(description, color=INK, fontSize=size.font + 2, anchor="start"),
            background="white",
        )
        .configure(aria=False, font=FONT)
        .configure_view(stroke=None)
    )
    return _inline(_svg(chart), description)


def tick_step(highest: Decimal) -> tuple[Decimal, int]:
    """The distance of an axis's ticks, 1, 2 or 5 times a power of ten, and how many of them reach `highest` (at most five)."""
    if highest <= 0:
        return Decimal(1), 1
    power = Decimal(1).scaleb(highest.adjusted() - 1)
    step = next(step for factor in (1, 2, 5, 10, 20) if (step := factor * power) * 5 >= highest)
    return step, int((highest / step).to_integral_value(ROUND_CEILING))


_LABELS_WIDTH, _LABELS_HEIGHT = 60, 34


def _label_axis(bars: Sequence[Bar], size: Size) -> alt.Axis:
    labels = [bar.label for bar in bars]
    return alt.Axis(
        labelExpr=f"{json.dumps(labels)}[datum.value]",
        labelAngle=0,
        labelOverlap=False,
        labelColor=MUTED,
        labelFontSize=size.font,
        labelPadding=6,
        ticks=False,
        domainColor=INK,
    )


def _amount_axis(ticks: Sequence[Decimal], step: Decimal, f: Formats, size: Size) -> alt.Axis:
    labels = f.ticks(ticks)
    return alt.Axis(
        values={"expr": f"[{','.join(str(tick) for tick in ticks)}]"},
        labelExpr=f"{json.dumps(labels)}[round(datum.value / {step})]",
        labelColor=MUTED,
        labelFontSize=size.font,
        labelPadding=8,
        labelOverlap=False,
        ticks=False,
        domain=False,
        gridColor=RULE,
    )


_TAG = re.compile(r'<[a-zA-Z]+(?:\s+[\w:-]+="[^"]*")+')
_ROLES = re.compile(r'\s+(?:role|aria-[a-z]+)="[^"]*"')
"""What Vega says to screen readers about its parts, also where it is told not to: the picture has one text, its title."""


def _inline(svg: str, description: str) -> Markup:
    """The drawing without a size of its own, so that it fills the page's width, and with its description."""
    head = re.match(r'<svg [^>]*?viewBox="([^"]+)"[^>]*>', svg)
    assert head is not None, "vl-convert draws an <svg> with a viewBox"
    opened = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="{}" role="img"><title>{}</title>'
    ).format(head[1], description)
    return opened + Markup(_TAG.sub(lambda tag: _ROLES.sub("", tag[0]), svg[head.end() :]))
