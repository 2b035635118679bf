"""Corrections: what a closed month would cost by now, less everything that statements have said about it already.

A closed month is metered again only where the journal has changed since the last close, and priced by the tariff that was
frozen when it was closed. What is stated counts over all statements that hold, so corrections of corrections, and credits
for what was withdrawn, come about by themselves. A price correction is kept apart: it is the difference between two tariffs.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from billing.bill import Line, Unrated, exact_difference, exact_sum
from billing.books.records import changes
from billing.books.trail import Act, Pricing, Trail
from billing.metering import make_slices, meter
from billing.pipeline import collector_paused
from billing.rating import Rated, rate
from billing.store import Reader
from billing.store.ledger import Ledger
from rules.money import plain
from rules.period import Month
from rules.tariff import Tariff

Kind = Literal["usage", "price"]
Tariffs = Callable[[str], Tariff]
"""Gives a frozen tariff by the digest of its content."""

Subject = tuple[str, str, str]
"""Account, region and cache."""

NOTHING = Decimal(0)

DESCRIBING = (
    "charge",
    "phase",
    "account_id",
    "region",
    "cache_id",
    "creation_method",
    "unit",
    "rate",
    "per",
    "rate_from",
)


USAGE_REASONS = {
    "late": "usage of {month} that was not known when the month was closed",
    "gone": "usage of {month} that was stated and is no longer there",
    "changed": "usage records of {month} changed after the month was closed",
}
"""Why a line of a closed month is corrected whose records are no longer what they were."""


class Correction(NamedTuple):
    """What has to be added to one line of a closed month; quantity and amount are signed, a credit is negative.

    kind: usage, where records arrived, changed or were withdrawn; price, where the month was priced anew. line: the columns
    of the line that say what it is about, as a statement has them.
    """

    line_id: str
    month: Month
    kind: Kind
    line: Mapping[str, Any]
    quantity: Decimal
    amount: Decimal
    estimated: bool
    reason: str

    @property
    def id(self) -> str:
        """The correction's name within its statement."""
        return f"{self.line_id}/{self.kind}"

    def to_json(self) -> dict[str, Any]:
        """The correction as interface.md has it."""
        return {
            "line_id": self.line_id,
            "corrects_month": self.month.label,
            "class": self.kind,
            **self.line,
            "quantity": plain(self.quantity),
            "amount": plain(self.amount),
            "estimated": self.estimated,
            "reason": self.reason,
        }


class UnratedChange(NamedTuple):
    """A quantity of a closed month that has no price, and that no statement has named yet (negative: no longer there)."""

    month: Month
    item: Unrated

    def to_json(self) -> dict[str, Any]:
        """The quantity as a bill names it, with its month."""
        return self.item.to_json() | {"corrects_month": self.month.label}


class Pending(NamedTuple):
    """What the first open month has to carry for closed ones."""

    corrections: tuple[Correction, ...] = ()
    unrated: tuple[UnratedChange, ...] = ()


@dataclass(slots=True)
class _Said:
    """What statements say about one line so far."""

    line: Mapping[str, Any]
    quantity: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)


@dataclass(slots=True)
class Stated:
    """What the statements that hold say about one closed month, its corrections included."""

    lines: dict[str, _Said] = field(default_factory=dict)
    unrated: dict[tuple[str, ...], Decimal] = field(default_factory=dict)

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a line or correction."""
        said = self.lines.get(row["line_id"])
        if said is None:
            said = self.lines[row["line_id"]] = _Said({name: row[name] for name in DESCRIBING})
        said.quantity = exact_sum((said.quantity, Decimal(row["quantity"])))
        said.amount = exact_sum((said.amount, Decimal(row["amount"])))

    def add_unrated(self, row: Mapping[str, Any]) -> None:
        """Add a quantity without a price."""
        key = tuple(row[name] for name in Unrated._fields if name != "quantity")
        self.unrated[key] = exact_sum((self.unrated.get(key, Decimal(0)), Decimal(row["quantity"])))


def stated(ledger: Ledger, trail: Trail, month: Month) -> Stated:
    """What is stated about a closed month: in its own statements, and in those that were closed after them."""
    found = Stated()
    own = trail.close_of(month)
    for close in trail.closes:
        if close == own:
            for statement in ledger.statements(close.entry_id):
                document = json.loads(statement.document)
                _add(found, month, document["lines"], document["corrections"], document["unrated"], own=True)
        elif own is None or close.number > own.number:
            for corrections, unrated in ledger.corrections(close.entry_id):
                _add(found, month, [], json.loads(corrections), json.loads(unrated), own=False)
    return found


def _add(
    found: Stated,
    month: Month,
    lines: Iterable[Mapping[str, Any]],
    corrections: Iterable[Mapping[str, Any]],
    unrated: Iterable[Mapping[str, Any]],
    *,
    own: bool,
) -> None:
    for row in lines:
        found.add(row)
    for row in corrections:
        if row["corrects_month"] == month.label:
            found.add(row)
    for row in unrated:
        if row["corrects_month"] == (None if own else month.label):
            found.add_unrated(row)


def pending(
    reader: Reader,
    ledger: Ledger,
    trail: Trail,
    *,
    as_of_s: int,
    tariffs: Tariffs,
    only: Collection[int] | None = None,
) -> Pending:
    """Every correction that no closed statement has yet, by month and line; `only` of these cache keys, where given."""
    last = trail.last_close
    if last is None:
        return Pending()
    changed = changes(
        reader,
        since=last.details["last_batch"],
        seen_s=last.details["as_of_s"],
        as_of_s=as_of_s,
        closed_until_s=max(close.month.until_s for close in trail.closes),
    )
    corrections: list[Correction] = []
    unrated: list[UnratedChange] = []
    for close in sorted(trail.closes, key=lambda close: close.month):
        repriced = trail.pending_pricings(close)
        keys = only if repriced else changed.within(close.month)
        if keys is not None and only is not None:
            keys = [key for key in keys if key in only]
        if keys is None or keys:
            month = _Recount(reader, close, as_of_s, keys)
            found = month.against(
                stated(ledger, trail, close.month), trail.pricings(close), repriced, tariffs
            )
            corrections += found.corrections
            unrated += found.unrated
    return Pending(tuple(corrections), tuple(unrated))


class _Recount:
    """A closed month metered again, in whole or for some cache keys."""

    def __init__(self, reader: Reader, close: Act, as_of_s: int, keys: Collection[int] | None) -> None:
        self._reader = reader
        self._month = close.month
        self._as_of_s = as_of_s
        self._keys = keys

    def against(
        self, said: Stated, pricings: Sequence[Pricing], repriced: Sequence[Pricing], tariffs: Tariffs
    ) -> Pending:
        """The corrections that lead from what is said to what is found, records first and prices after."""
        before = pricings[len(pricings) - len(repriced) - 1]
        found, subjects = self._rated(tariffs(before.tariff_sha256))
        if subjects is None:
            kept = said.lines
        else:
            kept = {name: each for name, each in said.lines.items() if _subject(each.line) in subjects}
        corrections = list(self._by_usage(_by_id(found.lines), kept))
        if repriced:
            anew, _ = self._rated(tariffs(repriced[-1].tariff_sha256))
            reason = f"priced anew by tariff {repriced[-1].tariff_id}: {repriced[-1].reason}"
            corrections += self._by_price(_by_id(found.lines), _by_id(anew.lines), reason)
            found = anew
        named = {
            key: quantity
            for key, quantity in said.unrated.items()
            if subjects is None or (key[1], key[2], key[3]) in subjects
        }
        return Pending(tuple(sorted(corrections, key=_order)), tuple(self._unrated(found.unrated, named)))

    def _rated(self, tariff: Tariff) -> tuple[Rated, set[Subject] | None]:
        """The month's lines under a tariff, and which caches they are restricted to (None: they aren't)."""
        month = self._month
        slices = make_slices(tariff, month.from_s, month.until_s)
        with self._reader.between(month.from_s, month.until_s) as connection, collector_paused():
            metering = meter(connection, slices, as_of_s=self._as_of_s, keys=self._keys)
            if self._keys is None:
                return rate(metering, tariff), None
            rows = connection.execute(
                "select account_id, region, coalesce(cache_id, '') from cache_keys semi join selected_keys using (cache_key)"
            ).fetchall()
            return rate(metering, tariff), {(account, region, cache) for account, region, cache in rows}

    def _by_usage(self, found: Mapping[str, Line], said: Mapping[str, _Said]) -> Iterator[Correction]:
        month = self._month.label
        for name in found.keys() | said.keys():
            line, before = found.get(name), said.get(name)
            if before is None:
                why = "late"
            elif line is None:
                why = "gone"
            else:
                why = "changed"
            yield from self._difference(name, "usage", line, before, USAGE_REASONS[why].format(month=month))

    def _by_price(
        self, found: Mapping[str, Line], anew: Mapping[str, Line], reason: str
    ) -> Iterator[Correction]:
        for name in found.keys() | anew.keys():
            old = found.get(name)
            before = None if old is None else _Said(_described(old), old.quantity, old.amount)
            yield from self._difference(name, "price", anew.get(name), before, reason)

    def _difference(
        self, name: str, kind: Kind, line: Line | None, before: _Said | None, reason: str
    ) -> Iterator[Correction]:
        quantity = exact_difference(
            line.quantity if line else NOTHING, before.quantity if before else NOTHING
        )
        amount = exact_difference(line.amount if line else NOTHING, before.amount if before else NOTHING)
        if quantity == 0 and amount == 0:
            return
        described = _described(line) if line is not None else before.line if before is not None else {}
        estimated = line is not None and line.estimated
        yield Correction(name, self._month, kind, described, quantity, amount, estimated, reason)

    def _unrated(
        self, found: Iterable[Unrated], named: Mapping[tuple[str, ...], Decimal]
    ) -> Iterator[UnratedChange]:
        now = {
            (each.charge, each.account_id, each.region, each.cache_id, each.unit, each.reason): each.quantity
            for each in found
        }
        for charge, account, region, cache, unit, reason in sorted(now.keys() | named.keys()):
            key = (charge, account, region, cache, unit, reason)
            quantity = exact_difference(now.get(key, NOTHING), named.get(key, NOTHING))
            if quantity != 0:
                yield UnratedChange(
                    self._month, Unrated(charge, account, region, cache, quantity, unit, reason)
                )


def _by_id(lines: Iterable[Line]) -> dict[str, Line]:
    return {line.line_id: line for line in lines}


def _described(line: Line) -> Mapping[str, Any]:
    return {
        name: plain(value) if isinstance(value := getattr(line, name), Decimal) else value
        for name in DESCRIBING
    }


def _subject(line: Mapping[str, Any]) -> Subject:
    return line["account_id"], line["region"], line["cache_id"]


def _order(correction: Correction) -> tuple[str, ...]:
    line = correction.line
    return (*_subject(line), line["charge"], correction.line_id, correction.kind)
