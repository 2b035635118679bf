"""Small drawings that stand among words and in tables, as SVGs of attributes only: a cache's life, what months cost."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from markupsafe import Markup

from billing.lives import CacheLife
from reports.charts import CREATION, INK, MUTED, RULE, USAGE
from rules.period import DAY_S, Month

DAY_WIDTH, HEIGHT, BASE = 20, 52, 44
"""The width of a day, the height of the whole, and where bars stand, in the drawing's own measure."""

LIFE_HEIGHT, LEAST_BUILD_WIDTH, MARK_WIDTH = 6, 4, 3

COLUMN_WIDTH, COLUMN_HEIGHT = 40, 130


def life_strip(life: CacheLife, starts: Mapping[int, int], month: Month, description: str) -> Markup:
    """Bars for the starts of each day, in the cache's own measure, on a line for the time that it was there.

    What is amber was being built; a mark stands where it ended in the month. `description` is the text alternative.
    """
    width = len(month.days()) * DAY_WIDTH
    drawn = [_rect(0, BASE + LIFE_HEIGHT, width, 1, RULE)]
    most = max(starts.values(), default=0)
    for day, count in sorted(starts.items()):
        height = max(2, count * (BASE - 4) // most)
        drawn.append(_rect(day * DAY_WIDTH + 2, BASE - height, DAY_WIDTH - 4, height, USAGE))
    first, last = _x(life.first_s, month), _x(life.last_s, month)
    if last > first:
        drawn.append(_rect(first, BASE, last - first, LIFE_HEIGHT, MUTED))
    built_s = life.ready_s if life.failed_s is None else life.failed_s
    if built_s is not None and month.from_s <= life.created_s < month.until_s:
        build_width = max(LEAST_BUILD_WIDTH, _x(min(built_s, life.last_s), month) - first)
        drawn.append(_rect(first, BASE, build_width, LIFE_HEIGHT, CREATION))
    if life.end not in ("kept", "failed"):
        drawn.append(_rect(max(0, last - MARK_WIDTH), BASE - 12, MARK_WIDTH, 12 + LIFE_HEIGHT, INK))
    return _svg("life", width, HEIGHT, description, drawn)


def month_strip(costs: Sequence[tuple[Decimal, Decimal] | None], description: str) -> Markup:
    """A column for each month's use with its creation upon it; a month without a cost, None, is a thin line at the foot."""
    highest = max((sum(cost) for cost in costs if cost is not None), default=Decimal(0))
    drawn = [_rect(0, COLUMN_HEIGHT, len(costs) * COLUMN_WIDTH, 1, RULE)]
    for place, cost in enumerate(costs):
        if cost is not None and highest > 0:
            usage, creation = (int(COLUMN_HEIGHT * part / highest) for part in cost)
            drawn += [
                _rect(place * COLUMN_WIDTH + 4, COLUMN_HEIGHT - usage, COLUMN_WIDTH - 8, usage, USAGE),
                _rect(
                    place * COLUMN_WIDTH + 4,
                    COLUMN_HEIGHT - usage - creation,
                    COLUMN_WIDTH - 8,
                    creation,
                    CREATION,
                ),
            ]
    return _svg("months", len(costs) * COLUMN_WIDTH, COLUMN_HEIGHT + 1, description, drawn)


def _svg(kind: str, width: int, height: int, description: str, drawn: Sequence[Markup]) -> Markup:
    opened = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img" class="{}"><title>{}</title>'
    ).format(width, height, kind, description)
    return opened + Markup("").join(drawn) + Markup("</svg>")


def _x(at_s: int, month: Month) -> int:
    """Where an instant is within the month's width."""
    return min(max(0, at_s - month.from_s), month.until_s - month.from_s) * DAY_WIDTH // DAY_S


def _rect(x: int, y: int, width: int, height: int, fill: str) -> Markup:
    return Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>').format(x, y, width, height, fill)
