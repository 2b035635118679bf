"""Explaining many lines at once, each in short: the calculation, how many records are behind it, and the first of them.

The caches concerned are metered once, together, and what instances give is added up by the database, so a report explains what
it shows without metering its month again. The sum over all records has to be the line's quantity; `explain` names each record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from billing.bill import Line
from billing.explaining.finding import Key
from billing.explaining.line import Explaining, RecordPart
from billing.explaining.records import Behind, Paths, Version, fetched
from billing.explaining.source import MonthSource
from billing.metering import Slice, make_slices, meter
from billing.metering.compile import stored
from billing.pipeline import collector_paused
from billing.rating import rate
from billing.warehouse import Connection, sql_file
from rules.charges import CHARGES, Charge
from rules.period import epoch_s
from rules.tariff import Rate
from rules.units import MICRO, from_micro, to_micro

FIRST = 3
"""Records that a summary names, the earliest."""


@dataclass(frozen=True, slots=True)
class LineSummary:
    """A line in short; `rate` is None where the charge is free.

    exact: the amount before its one rounding. records: how many are behind it; first: the earliest, whose own share of the
    amount isn't worked out. began_before, run_on: how many records are cut at the begin and the end of the line's period.
    unknown: the cache's columns that are estimated for want of a value.
    """

    line: Line
    charge: Charge
    rate: Rate | None
    exact: Fraction
    records: int
    first: tuple[RecordPart, ...]
    began_before: int
    run_on: int
    unknown: tuple[str, ...]


class _Summed(NamedTuple):
    """What the instances of one declared extra storage give to a line; see parts_of_lines.sql."""

    extra_ephemeral_micro: int | None
    records: int
    seconds: int
    began_before: int
    run_on: int
    first: Sequence[Mapping[str, Any]]


def summarize_lines(source: MonthSource, lines: Sequence[Line], paths: Paths) -> dict[str, LineSummary]:
    """The summaries of some of a month's lines, by line id.

    An AssertionError where metering and rating the caches alone doesn't give the same lines.
    """
    if not lines:
        return {}
    slices = make_slices(source.tariff, source.month.from_s, source.until_s)
    with source.reader.between(source.month.from_s, source.until_s) as connection, collector_paused():
        keys = _keys(connection, lines)
        metering = meter(
            connection, slices, as_of_s=epoch_s(source.as_of), keys=[key.key for key in keys.values()]
        )
        found = {line.line_id: line for line in rate(metering, source.tariff).lines}
        for line in lines:
            assert found.get(line.line_id) == line, f"{line.line_id} is another line where its cache is alone"
        return _Summarizing(source, connection, keys, slices, paths).summaries(lines)


def _keys(connection: Connection, lines: Sequence[Line]) -> dict[tuple[str, str, str], Key]:
    """The keys of the lines' caches by account, region and id."""
    ids = sorted({line.cache_id for line in lines})
    wanted = {(line.account_id, line.region, line.cache_id) for line in lines}
    rows = connection.execute(
        "select cache_key, account_id, region, cache_id from cache_keys where cache_id in (select unnest($ids))",
        {"ids": ids},
    ).fetchall()
    found = {(key.account_id, key.region, str(key.cache_id)): key for key in map(Key._make, rows)}
    return {place: key for place, key in found.items() if place in wanted}


class _Summarizing:
    """The lines of one month on their way to summaries."""

    def __init__(
        self,
        source: MonthSource,
        connection: Connection,
        keys: Mapping[tuple[str, str, str], Key],
        slices: Sequence[Slice],
        paths: Paths,
    ) -> None:
        self._source, self._connection = source, connection
        self._keys, self._slices, self._paths = keys, slices, paths
        self._charges = {charge.id: charge for charge in CHARGES}

    def summaries(self, lines: Sequence[Line]) -> dict[str, LineSummary]:
        """One for each line."""
        caches = self._caches()
        summed = self._summed(lines)
        return {
            line.line_id: self._summary(line, caches[self._key(line).key], summed.get(number, []))
            for number, line in enumerate(lines)
        }

    def _key(self, line: Line) -> Key:
        return self._keys[line.account_id, line.region, line.cache_id]

    def _caches(self) -> dict[int, Behind]:
        """The caches, each by its key."""
        rows = fetched(self._connection.execute(sql_file("billing.explaining", "caches_of_lines")))
        return {row["cache_key"]: self._behind("cache", row["cache_id"], row) for row in rows}

    def _summed(self, lines: Sequence[Line]) -> dict[int, list[_Summed]]:
        """What instances give to each line that is about them, by its place."""
        wanted = [
            (number, self._key(line).key, line.period_from, line.period_until)
            for number, line in enumerate(lines)
            if self._charges[line.charge].record == "instance"
        ]
        if not wanted:
            return {}
        self._connection.execute(
            "create or replace temp table wanted_lines (line integer, cache_key integer, from_s bigint, until_s bigint)"
        )
        self._connection.executemany("insert into wanted_lines values (?, ?, ?, ?)", wanted)
        select = sql_file("billing.explaining", "parts_of_lines").format(first=FIRST)
        found: dict[int, list[_Summed]] = {}
        for number, *columns in self._connection.execute(select).fetchall():
            found.setdefault(number, []).append(_Summed(*columns))
        return found

    def _behind(self, kind: str, id: str, row: Mapping[str, Any]) -> Behind:
        """A record by the version that counts."""
        line = row["line"] if row["line"] > 0 else None
        path = self._paths.get(row["batch"], "")
        return Behind(kind, id, row, 1, (Version(row["batch"], path, line, row["observed_s"], False),))

    def _summary(self, line: Line, cache: Behind, summed: Sequence[_Summed]) -> LineSummary:
        charge = self._charges[line.charge]
        explaining = Explaining(
            self._source, self._connection, self._key(line), line, self._slices, cache, self._paths
        )
        if charge.record == "cache":
            part = explaining.part(cache)
            parts, records, quantity = [part], 1, to_micro(part.held) * part.units
            before, after = (
                int(part.begin_s < part.from_s),
                int(part.end_s is None or part.end_s > part.until_s),
            )
            if charge.time == "event":
                before = after = 0
        else:
            parts, records, quantity, before, after = self._of_instances(explaining, summed)
        assert from_micro(quantity) == line.quantity, (
            f"the records of {line.line_id} give {from_micro(quantity)}"
        )
        rate_name = charge.rate
        found = None
        if rate_name is not None:
            found = self._source.tariff.rate(rate_name, line.region, line.period_from)
        price = Fraction(0) if found is None else found.price.per_unit(charge.unit)
        unknown = tuple(name for name in charge.estimated_when if cache.columns.get(stored(name)) is None)
        return LineSummary(
            line,
            charge,
            found,
            Fraction(quantity, MICRO) * price,
            records,
            tuple(parts),
            before,
            after,
            unknown if line.estimated else (),
        )

    def _of_instances(
        self, explaining: Explaining, summed: Sequence[_Summed]
    ) -> tuple[list[RecordPart], int, int, int, int]:
        """The first parts, and over all of them: records, quantity in millionths, how many are cut at begin and end."""
        parts: list[RecordPart] = []
        records = quantity = before = after = 0
        for group in summed:
            shared = {"extra_ephemeral_micro": group.extra_ephemeral_micro, "derived": False}
            some = [
                explaining.part(self._behind("instance", row["instance_id"], {**row, **shared}))
                for row in group.first
            ]
            if not some or some[0].held == Decimal(0):
                continue
            parts += some
            records += group.records
            quantity += to_micro(some[0].held) * group.seconds
            before += group.began_before
            after += group.run_on
        parts.sort(key=lambda part: (part.begin_s, part.record.id))
        return parts[:FIRST], records, quantity, before, after
