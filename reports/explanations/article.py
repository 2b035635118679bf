"""An explanation: the parts that a number of the report is the sum of, each leading on to its own, checked when it is made.

A `Writing` collects the articles of one page in one language. Numbers are named by keys, `("day", "2026-10-05")` for example; the
templates ask by key for the anchor of an article, and link nothing where there is none.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from markupsafe import Markup

from billing.reconciling.result import exact
from reports.data import ReportData
from reports.i18n import Formats, Words

Key = tuple[object, ...]
"""What a number is of: its kind, and which one."""

ROWS_LISTED = 6
"""Parts that an article lists, the largest; the others are one more part."""


class Row(NamedTuple):
    """One part: what it is, its amount, and the key of its own explanation; `sums` marks the sum of the rows since the last one.

    note: what else is to be said of it.
    """

    label: Markup | str
    amount: Decimal
    leads: Key | None = None
    note: Markup | str = ""
    sums: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Parts that sum to `total`, and what leads on from there to `final`; an AssertionError where they don't sum to it."""

    rows: tuple[Row, ...]
    total: Row
    then: tuple[Row, ...] = ()
    final: Row | None = None

    def __post_init__(self) -> None:
        running, since = Fraction(0), Fraction(0)
        for row in self.rows:
            if row.sums:
                assert since == Fraction(row.amount), f"the parts of {row.label} give {since}"
                since = Fraction(0)
            else:
                running, since = running + Fraction(row.amount), since + Fraction(row.amount)
        assert running == Fraction(self.total.amount), (
            f"the parts of {self.total.label} give {running}, not {self.total.amount}"
        )
        if self.final is not None:
            running += sum((Fraction(row.amount) for row in self.then), Fraction(0))
            assert running == Fraction(self.final.amount), f"{self.final.label} comes to {running}"

    @property
    def all_rows(self) -> tuple[Row, ...]:
        """Every row in its order."""
        end = () if self.final is None else (self.final,)
        return (*self.rows, self.total, *self.then, *end)


@dataclass(frozen=True, slots=True)
class Article:
    """One number's explanation: `back` is the anchor of the section that shows it, `command` what shows more."""

    anchor: str
    title: Markup | str
    about: Markup | str
    back: str
    said: tuple[Markup | str, ...]
    tables: tuple[Table, ...]
    command: Markup | str


@dataclass(slots=True)
class Articles:
    """The articles of a page by heading, and their anchors by key; without any, nothing is linked."""

    groups: dict[str, list[Article]] = field(default_factory=dict)
    anchors: dict[Key, str] = field(default_factory=dict)

    def at(self, *key: object) -> str | None:
        """The anchor of a number's explanation, None where it has none."""
        return self.anchors.get(key)


class Writing:
    """Writes the articles of a report: its data, the words and formats of its language, and what is written so far."""

    def __init__(self, data: ReportData, t: Words, f: Formats) -> None:
        self.data, self.t, self.f = data, t, f
        self.month = data.bill.month.label
        self.made = Articles()
        self._numbers: Counter[str] = Counter()

    def add(
        self,
        group: str,
        key: Key,
        title: Markup | str,
        *tables: Table,
        back: str,
        about: Markup | str = "",
        said: Sequence[Markup | str] = (),
        command: Markup | str = "",
        anchor: str | None = None,
    ) -> None:
        """Write the article of a number under the heading `group`; `anchor` where it is not just numbered."""
        if self.data.tag is not None:
            command = ""  # No command is asked for one value of a tag: they would show other numbers.
        if anchor is None:
            kind = str(key[0])
            self._numbers[kind] += 1
            anchor = f"x-{kind}-{self._numbers[kind]}"
        self.also(anchor, key)
        said = tuple(each for each in said if each)
        self.made.groups.setdefault(group, []).append(
            Article(anchor, title, about, back, said, tables, command)
        )

    def also(self, anchor: str | None, *keys: Key) -> None:
        """Numbers that the article of that anchor explains as well."""
        if anchor is not None:
            self.made.anchors.update(dict.fromkeys(keys, anchor))

    def largest(self, rows: Sequence[Row], rest: str, *, most: int = ROWS_LISTED) -> tuple[Row, ...]:
        """The rows by size, of many the largest, and what the others come to; `rest` is the message that counts them."""
        ordered = sorted(rows, key=lambda row: -abs(row.amount))
        if len(ordered) <= most + 1:
            return tuple(ordered)
        others = ordered[most:]
        label = self.t.count(rest, len(others), count=self.f.number(len(others)))
        return (*ordered[:most], Row(label, _sum(others)))

    def total(self, amount: Decimal, label: str = "total") -> Row:
        """The row of a sum, by the message of its label."""
        return Row(self.t(label), amount)


def _sum(rows: Sequence[Row]) -> Decimal:
    return exact(row.amount for row in rows)
