"""What a chart of a quota's steps shows, as values."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple


class StepLine(NamedTuple):
    """A quota's use as a line of steps: from each moment on its value, the last until `end`; limits beside, None: not known.

    `thresholds` are further lines of as many values as there are moments, drawn thin: the lowest first. `limit_name` stands at
    the limit's line, where it begins.
    """

    title: str
    moments: tuple[datetime, ...]
    end: datetime
    values: tuple[int, ...]
    limits: tuple[int | None, ...]
    thresholds: tuple[tuple[Decimal | None, ...], ...] = ()
    limit_name: str = ""
