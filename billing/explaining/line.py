"""How one line came about: its charge, its records with what was cut off them, its rate, and the one rounding.

The line is metered and rated for its cache alone. Each record's part is worked out by itself from the record's own values and the
charge's declaration; the parts have to add up to the metered quantity, and their shares to the amount.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from billing.bill import Line
from billing.explaining.corrections import CorrectedLine
from billing.explaining.finding import Key
from billing.explaining.records import (
    EARLIEST,
    Behind,
    Listed,
    Paths,
    Sums,
    cache_behind,
    instances_behind,
    sums_behind,
)
from billing.explaining.source import MonthSource
from billing.metering import Slice, make_slices, meter
from billing.metering.compile import stored
from billing.pipeline import collector_paused
from billing.rating import rate
from billing.store.schema import OPEN_S
from billing.warehouse import Connection
from rules.charges import CHARGES, Charge
from rules.charges.filled import filled
from rules.money import plain, round_amount, spread
from rules.period import date_label, epoch_s, rfc3339, started_hours
from rules.tariff import Rate
from rules.units import MICRO, from_micro, to_micro

COUNTED = {"second": "seconds", "started_hour": "started hours", "event": "event"}


@dataclass(frozen=True, slots=True)
class RecordPart:
    """One record's part of a line: held × units, from its begin to its end as far as they count, with what cut them.

    amount: its share of the line's amount.
    """

    record: Behind
    begin_s: int
    end_s: int | None
    from_s: int
    until_s: int
    cut: tuple[str, ...]
    held: Decimal
    held_text: str
    units: int
    quantity: Decimal
    amount: Decimal

    def to_json(self) -> dict[str, Any]:
        """The part, with the row that says so."""
        return {
            "kind": self.record.kind,
            "id": self.record.id,
            **self.record.version.to_json(),
            "revision": self.record.revision,
            "revisions": [version.to_json() for version in self.record.versions],
            "begin": rfc3339(self.begin_s),
            "end": None if self.end_s is None else rfc3339(self.end_s),
            "counted_from": rfc3339(self.from_s),
            "counted_until": rfc3339(self.until_s),
            "cut": list(self.cut),
            "held": plain(self.held),
            "held_formula": self.held_text,
            "units": self.units,
            "quantity": plain(self.quantity),
            "amount": plain(self.amount),
        }


class Further(NamedTuple):
    """The records of a line that are not listed, summed up."""

    records: int = 0
    quantity: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)

    def to_json(self) -> dict[str, Any]:
        """How many they are and what they come to."""
        return {"records": self.records, "quantity": plain(self.quantity), "amount": plain(self.amount)}


@dataclass(frozen=True, slots=True)
class LineExplanation:
    """A line with everything behind it; `rate` is None where the charge is free.

    records, further: those that are listed, and the sums of the others. corrections: what later statements said about a line of
    a closed month.
    """

    source: MonthSource
    line: Line
    charge: Charge
    rate: Rate | None
    exact: Fraction
    records: tuple[RecordPart, ...]
    why_estimated: tuple[str, ...]
    further: Further
    corrections: tuple[CorrectedLine, ...] = ()

    @property
    def formula(self) -> str:
        """The calculation with its numbers, up to the rounding."""
        line = self.line
        if self.rate is None:
            return f"{plain(line.quantity)} {line.unit}, free of charge"
        return f"{plain(line.quantity)} {line.unit} × {plain(line.rate)} per {line.per}"

    def to_json(self) -> dict[str, Any]:
        """The explanation; the amounts of `records` and `further` sum to the line's."""
        charge = self.charge
        return {
            "line_id": self.line.line_id,
            "month": self.source.month.label,
            "status": self.source.status,
            "currency": self.source.tariff.currency,
            "amount": plain(self.line.amount),
            "charge": {
                "id": charge.id,
                "title": dict(charge.title),
                "formula": charge.formula,
                "source": charge.source.page,
                "read": charge.source.read,
                "trust": charge.source.trust,
                "note": charge.source.note,
            },
            "formula": self.formula,
            "quantity": plain(self.line.quantity),
            "unit": self.line.unit,
            "rate": None if self.rate is None else rate_json(self.rate, self.source.tariff.id),
            "rounding": {
                "exact": f"{self.exact.numerator}/{self.exact.denominator}",
                "rule": "half up at the tenth decimal, once",
                "rounded": plain(self.line.amount),
            },
            "estimated": self.line.estimated,
            "why_estimated": list(self.why_estimated),
            "period": {
                "from": rfc3339(self.line.period_from),
                "until": rfc3339(self.line.period_until),
            },
            "line": self.line.to_json(),
            "records": [each.to_json() for each in self.records],
            "further_records": self.further.to_json(),
            "corrections": [each.to_json() for each in self.corrections],
        }


def rate_json(found: Rate, tariff_id: str) -> dict[str, Any]:
    """A rate with its source, dates and trust, and what made it of the list price."""
    return {
        "name": found.name,
        "price": plain(found.price.amount),
        "per": found.price.per,
        "region": found.region,
        "list_price": plain(found.list_price.amount),
        "list_per": found.list_price.per,
        "discount": None
        if found.discount is None
        else {"off": found.discount.label, "source": found.discount.source, "tariff": found.discount.tariff},
        "same_as": None if found.same_as is None else found.same_as.same_as,
        "from": found.from_label,
        "until": found.until_label,
        "source": found.source,
        "page": found.page,
        "read": found.read,
        "trust": found.trust,
        "note": found.note,
        "tariff": tariff_id,
        "layer": found.tariff,
        "place": found.place,
    }


def explain_lines(
    source: MonthSource, key: Key, paths: Paths, *, only: str | None = None, listed: Listed = EARLIEST
) -> list[LineExplanation]:
    """The explanations of a cache's lines in a month, or of the one line `only`; empty where there is none.

    Takes memory for the records that are listed, whatever the month has.
    """
    month = source.month
    slices = make_slices(source.tariff, month.from_s, source.until_s)
    with source.reader.between(month.from_s, source.until_s) as connection, collector_paused():
        metering = meter(connection, slices, as_of_s=epoch_s(source.as_of), keys=[key.key])
        lines = [line for line in rate(metering, source.tariff).lines if only in (None, line.line_id)]
        cache = cache_behind(connection, key, paths) if lines else None
        return [
            Explaining(source, connection, key, line, slices, cache, paths).explanation(listed)
            for line in lines
        ]


class Explaining:
    """One line on its way to an explanation."""

    def __init__(
        self,
        source: MonthSource,
        connection: Connection,
        key: Key,
        line: Line,
        slices: Sequence[Slice],
        cache: Behind | None,
        paths: Paths,
    ) -> None:
        assert cache is not None, "a line has a cache"
        self._source, self._connection, self._key, self._paths = source, connection, key, paths
        self._line, self._cache = line, cache
        self._charge = next(charge for charge in CHARGES if charge.id == line.charge)
        self._values = next(cut.values for cut in slices if cut.from_s == line.period_from)
        self._until_s = line.period_until

    def explanation(self, listed: Listed = EARLIEST) -> LineExplanation:
        """The explanation, after its parts were added up; an AssertionError where they don't give the line."""
        line, charge = self._line, self._charge
        found = (
            None
            if charge.rate is None
            else self._source.tariff.rate(charge.rate, line.region, line.period_from)
        )
        price = Fraction(0) if found is None else found.price.per_unit(charge.unit)
        sums = self._sums()
        parts = self._parts(sums, listed)
        weights = [to_micro(part.held) * part.units for part in parts]
        quantity_micro, records = sum(weights), len(parts)
        if charge.record == "instance":
            quantity_micro = sum(to_micro(held) * each.seconds for each, held in sums)
            records = sum(each.records for each, _ in sums)
        assert from_micro(quantity_micro) == line.quantity, (
            f"the records of {line.line_id} give {from_micro(quantity_micro)}, the meter gave {line.quantity}"
        )
        amount = round_amount(quantity_micro * price.numerator, price.denominator * MICRO)
        assert amount == line.amount, f"{line.line_id} comes to {amount}, rating gave {line.amount}"
        left = quantity_micro - sum(weights)
        assert (left > 0) == (records > len(parts)), f"{line.line_id} has records that are counted otherwise"
        ids = [f"{index:09}" for index in range(len(parts) + 1)]
        *shares, rest = spread(line.amount, [*weights, left], ids)
        return LineExplanation(
            self._source,
            line,
            charge,
            found,
            Fraction(quantity_micro, MICRO) * price,
            tuple(_with_amount(part, share) for part, share in zip(parts, shares, strict=True)),
            tuple(self._why_estimated(sums)),
            Further(records - len(parts), from_micro(left), rest),
        )

    def _sums(self) -> list[tuple[Sums, Decimal]]:
        """What all instances come to by their extra storage, with what each of them holds: more than nothing."""
        if self._charge.record == "cache":
            return []
        found = sums_behind(self._connection, self._key, self._line.period_from, self._until_s)
        held = [(each, self._held(each._asdict())) for each in found]
        return [(each, held) for each, held in held if held]

    def _held(self, columns: Mapping[str, Any]) -> Decimal:
        held = self._charge.held.evaluate(self._columns(Behind("instance", "", columns, 0, ())), self._values)
        assert held is not None, "a line's quantity is known"
        return held

    def _parts(self, sums: Sequence[tuple[Sums, Decimal]], listed: Listed) -> list[RecordPart]:
        """The listed records' parts."""
        if self._charge.record == "cache":
            return [self.part(self._cache)]
        extras = [each.extra_ephemeral_micro for each, _ in sums]
        found = instances_behind(self._connection, self._key, extras, listed, self._paths)
        return [self.part(record) for record in found]

    def part(self, record: Behind) -> RecordPart:
        """A record's part of the line; its share of the amount is left open."""
        charge, line = self._charge, self._line
        columns = self._columns(record)
        begin_s = record.columns[stored(charge.begin.rpartition(".")[2])]
        end_s = record.columns[stored(charge.end.rpartition(".")[2])]
        from_s, until_s = max(begin_s, line.period_from), min(end_s, self._until_s)
        units = 1
        if charge.time == "second":
            units = max(0, until_s - from_s)
        elif charge.time == "started_hour":
            units = started_hours(from_s, until_s)
        held = charge.held.evaluate(columns, self._values)
        assert held is not None, "a line's quantity is known"
        return RecordPart(
            record,
            begin_s,
            None if end_s >= OPEN_S else end_s,
            from_s,
            until_s,
            tuple(self._cut(begin_s, end_s)),
            held,
            filled(charge.held, columns, self._values),
            units,
            from_micro(to_micro(held) * units),
            Decimal(0),
        )

    def _columns(self, record: Behind) -> dict[str, Decimal | int | None]:
        """The columns that the charge's expression asks for, as numbers of its units."""
        found: dict[str, Decimal | int | None] = {}
        for name in self._charge.held.columns():
            owner, _, column = name.rpartition(".")
            on_cache = (
                owner == "cache" or column in self._cache.columns or stored(column) in self._cache.columns
            )
            value = (self._cache if on_cache else record).columns[stored(column)]
            found[name] = value if value is None or column.endswith("_copies") else from_micro(value)
        return found

    def _cut(self, begin_s: int, end_s: int) -> Iterator[str]:
        """What was cut off a record, and by what."""
        line, month = self._line, self._source.month
        if self._charge.time == "event":
            return
        if begin_s < line.period_from:
            by = "the month begins" if line.period_from == month.from_s else "the price changed"
            yield f"it began {rfc3339(begin_s)}; {by} at {date_label(line.period_from)}"
        if end_s > self._until_s:
            if self._until_s == month.until_s:
                by = "the month ends"
            elif self._until_s == self._source.until_s:
                by = "the present moment is"
            else:
                by = "the price changes"
            runs = "it is still open" if end_s >= OPEN_S else f"it ended {rfc3339(end_s)}"
            yield f"{runs}; {by} at {date_label(self._until_s)}"

    def _why_estimated(self, sums: Sequence[tuple[Sums, Decimal]]) -> Iterator[str]:
        if not self._line.estimated:
            return
        for column in self._charge.estimated_when:
            if self._cache.columns.get(stored(column)) is None:
                yield f"{column} of {self._cache.id} is not known"
        if self._charge.end != "until_at":
            return
        if self._charge.record == "cache":
            running_on = int(
                self._cache.columns["known_until_s"] < min(self._cache.columns["until_s"], self._until_s)
            )
            first = self._cache.id
        else:
            running_on = sum(each.running_on for each, _ in sums)
            firsts = [each.first_running_on for each, _ in sums if each.first_running_on is not None]
            first = min((each["started_s"], each["instance_id"]) for each in firsts)[1] if firsts else ""
        if running_on:
            yield f"{running_on} records run on past their last observation, the first of them {first}"


def _with_amount(part: RecordPart, amount: Decimal) -> RecordPart:
    return replace(part, amount=amount)


def by_batch(batches: Sequence[Any]) -> Mapping[int, str]:
    """The file of each batch."""
    return {batch.id: batch.path for batch in batches}
