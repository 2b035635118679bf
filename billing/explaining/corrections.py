"""How a line of a closed month was corrected: what had been stated of it, what its records say by now, and which came since.

Corrections of one line follow one another: each leads from all that statements had said before it to what was found then. The
last may be on no closed statement yet: the first open month carries it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from billing.bill import exact_sum
from billing.books.corrections import Subject, pending
from billing.books.reading import frozen_tariffs
from billing.books.records import ANY_BATCH
from billing.books.trail import Act, Trail
from billing.explaining.finding import Key
from billing.explaining.records import Paths, Version, fetched
from billing.store import Reader
from billing.store.ledger import Ledger
from billing.store.schema import OPEN_S
from billing.warehouse import sql_file
from rules.charges import charge
from rules.money import plain
from rules.period import Month, rfc3339

LATE_LISTED = 100
"""Records of a correction that are listed; the others are counted."""


class Said(NamedTuple):
    """A line's quantity and amount as they stood at some time."""

    quantity: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)

    def to_json(self) -> dict[str, str]:
        """Both as plain strings."""
        return {"quantity": plain(self.quantity), "amount": plain(self.amount)}


class LateRecord(NamedTuple):
    """A record that came (`late`), changed (`revised`) or went (`withdrawn`) after the books had last looked.

    version: the one that counts now, of a withdrawn one that counted before. was, now: from when until when it counted, in epoch
    seconds; an end of None is open, and None where it did not count at all.
    """

    kind: str
    id: str
    what: str
    version: Version
    was: tuple[int, int | None] | None
    now: tuple[int, int | None] | None

    def to_json(self) -> dict[str, Any]:
        """The record with the row that says so."""
        return {
            "kind": self.kind,
            "id": self.id,
            "what": self.what,
            **self.version.to_json(),
            "was": _span_json(self.was),
            "now": _span_json(self.now),
        }


@dataclass(frozen=True, slots=True)
class CorrectedLine:
    """One correction of a line: `now` less `stated` is the correction, exactly.

    stated_in: the closed month whose statement has it, None while no closed statement does. records: those that came, changed or
    went since the books had last looked, at most LATE_LISTED; `further` counts the others. None of them: the price is another.
    """

    stated_in: str | None
    document: Mapping[str, Any]
    stated: Said
    now: Said
    records: tuple[LateRecord, ...]
    further: int

    def to_json(self) -> dict[str, Any]:
        """The correction as a statement has it, with what it leads from and to, and why."""
        return {
            "stated_in": self.stated_in,
            **self.document,
            "stated": self.stated.to_json(),
            "now": self.now.to_json(),
            "late_records": [each.to_json() for each in self.records],
            "further_late_records": self.further,
        }


class Corrections:
    """Explains the corrections of lines of closed months."""

    def __init__(self, reader: Reader, ledger: Ledger, trail: Trail, paths: Paths) -> None:
        self._reader, self._ledger, self._trail, self._paths = reader, ledger, trail, paths
        self._closed = [
            (act, json.loads(corrections))
            for act in trail.closes
            for corrections, _ in ledger.corrections(act.entry_id)
        ]

    def of_line(
        self, month: Month, line_id: str, key: Key, *, as_of_s: int, from_s: int, until_s: int
    ) -> tuple[CorrectedLine, ...]:
        """Every correction of a line, in their order, with those that the first open month carries at `as_of_s`.

        [from_s, until_s): the line's period.
        """
        close = self._trail.close_of(month)
        if close is None:
            return ()
        found: list[tuple[Act | None, Mapping[str, Any]]] = [
            (act, each)
            for act, corrections in self._closed
            for each in sorted(corrections, key=_usage_first)
            if (each["line_id"], each["corrects_month"]) == (line_id, month.label)
        ]
        carried = pending(
            self._reader,
            self._ledger,
            self._trail,
            as_of_s=as_of_s,
            tariffs=frozen_tariffs(self._ledger),
            only=(key.key,),
        )
        ours = (each for each in carried.corrections if (each.line_id, each.month) == (line_id, month))
        found += [(None, each) for each in sorted((each.to_json() for each in ours), key=_usage_first)]
        so_far = self._of_close(close).get(line_id, Said()) if found else Said()
        made = []
        for act, document in found:
            made.append(self._corrected(act, document, so_far, key, (from_s, until_s)))
            so_far = made[-1].now
        return tuple(made)

    def of_statement(
        self, stated_in: Month, documents: Sequence[Mapping[str, Any]], keys: Mapping[Subject, Key]
    ) -> Mapping[tuple[str, str, str], CorrectedLine]:
        """The corrections on statements of `stated_in`, by line id, month corrected and class; `keys` are those of their caches.

        The records are those of the whole month that is corrected.
        """
        act = self._trail.close_of(stated_in)
        said: dict[Month, dict[str, Said]] = {}
        found = {}
        for document in sorted(documents, key=_usage_first):
            month, line_id = Month(document["corrects_month"]), document["line_id"]
            if month not in said:
                said[month] = self._stated(month, act)
            subject = (document["account_id"], document["region"], document["cache_id"])
            before = said[month].get(line_id, Said())
            span = (month.from_s, month.until_s)
            made = self._corrected(act, document, before, keys.get(subject), span)
            said[month][line_id] = made.now
            found[line_id, month.label, document["class"]] = made
        return found

    def _stated(self, month: Month, act: Act | None) -> dict[str, Said]:
        """What is stated of each line of a closed month by its own statements and those closed before `act` (None: all)."""
        close = self._trail.close_of(month)
        found = {} if close is None else self._of_close(close)
        for other, corrections in self._closed:
            if act is None or other.number < act.number:
                for each in corrections:
                    if each["corrects_month"] == month.label:
                        found[each["line_id"]] = _plus(found.get(each["line_id"], Said()), each)
        return found

    def _of_close(self, close: Act) -> dict[str, Said]:
        """The lines of a close's own statements."""
        return {
            line["line_id"]: _plus(Said(), line)
            for statement in self._ledger.statements(close.entry_id)
            for line in json.loads(statement.document)["lines"]
        }

    def _corrected(
        self,
        act: Act | None,
        document: Mapping[str, Any],
        before: Said,
        key: Key | None,
        span: tuple[int, int],
    ) -> CorrectedLine:
        now = _plus(before, document)
        records: list[LateRecord] = []
        if key is not None and document["class"] == "usage":
            records = self._late(act, document, key, span)
        shown = tuple(records[:LATE_LISTED])
        label = None if act is None else act.month.label
        return CorrectedLine(label, document, before, now, shown, len(records) - len(shown))

    def _late(
        self, act: Act | None, document: Mapping[str, Any], key: Key, span: tuple[int, int]
    ) -> list[LateRecord]:
        """What was posted between the close before `act` and `act`, or since the last close."""
        earlier = self._trail if act is None else self._trail.before(act.number)
        last = earlier.last_close
        assert last is not None, "a correction follows a close"
        reader = self._reader.at(ANY_BATCH if act is None else act.details["last_batch"])
        with reader.connection() as connection:
            bound = {
                "key": key.key,
                "since": last.details["last_batch"],
                "from_s": span[0],
                "until_s": span[1],
                "instances": charge(document["charge"]).record == "instance",
            }
            rows = fetched(connection.execute(sql_file("billing.explaining", "late_records"), bound))
        return list(_paired(rows, self._paths))


def _paired(rows: list[dict[str, Any]], paths: Paths) -> Iterator[LateRecord]:
    """Versions that count now with those that counted before, record by record."""
    by_record: dict[tuple[str, str], dict[int, dict[str, Any]]] = {}
    for row in rows:
        by_record.setdefault((row["kind"], row["record"]), {})[row["counts"]] = row
    for (kind, id), found in by_record.items():
        was, now = found.get(-1), found.get(1)
        said = now or was
        assert said is not None
        what = "late" if was is None else "withdrawn" if now is None else "revised"
        line = said["line"] if said["line"] > 0 else None
        version = Version(said["batch"], paths.get(said["batch"], ""), line, said["observed_s"], now is None)
        yield LateRecord(kind, id, what, version, _span(was), _span(now))


def _span(row: Mapping[str, Any] | None) -> tuple[int, int | None] | None:
    if row is None:
        return None
    return row["begin_s"], None if row["end_s"] >= OPEN_S else row["end_s"]


def _span_json(span: tuple[int, int | None] | None) -> dict[str, str | None] | None:
    if span is None:
        return None
    return {"from": rfc3339(span[0]), "until": None if span[1] is None else rfc3339(span[1])}


def _plus(so_far: Said, row: Mapping[str, Any]) -> Said:
    return Said(
        exact_sum((so_far.quantity, Decimal(row["quantity"]))),
        exact_sum((so_far.amount, Decimal(row["amount"]))),
    )


def _usage_first(document: Mapping[str, Any]) -> bool:
    """Records are looked at first, and their price after."""
    return bool(document["class"] != "usage")
