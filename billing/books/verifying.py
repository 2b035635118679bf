"""Proving the books: every digest, chain and signature anew, and every close made again from what it froze.

Whatever was changed since is found and named: a record file, a statement's text, an entry of the audit trail, a frozen tariff.
What this can't see is an end that is missing altogether: keep the last digest elsewhere, as everyone does who was sent a
statement.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from billing.books.making import Inputs, chained, files_digest, make
from billing.books.reading import frozen_tariffs
from billing.books.trail import Act, Trail, read_trail
from billing.canonical import canonical, digest
from billing.checks.run import damaged_files
from billing.store import Reader, Store
from billing.store.book_models import AuditEntry, ClosedStatement
from billing.store.lineage import Lineage, LineageError, read_lineage
from rules.errors import ImcostError
from rules.period import instant
from rules.tariff import thaw


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was closed: what, and how it shows."""

    what: str
    message: str

    def to_json(self) -> dict[str, str]:
        """Both, as they are."""
        return {"what": self.what, "message": self.message}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was looked at, and what was found wrong with it; nothing is good news."""

    entries: int
    statements: int
    closes: int
    signed: int
    faults: tuple[Fault, ...]

    def to_json(self) -> dict[str, Any]:
        """Counts and faults."""
        return {
            "entries": self.entries,
            "statements": self.statements,
            "closes_billed_again": self.closes,
            "signed": self.signed,
            "faults": [fault.to_json() for fault in self.faults],
        }


def verify(store: Store, *, public_key: str | None = None) -> Verdict:
    """Look at everything that was closed; with `public_key` (base64) every statement has to be signed by just that key.

    The closes are made again only where all digests hold: what they would be made from is not in doubt then.
    """
    ledger = store.ledger
    entries, rows, tariffs = ledger.entries(), ledger.statements(), ledger.tariffs()
    faults = [*_entry_faults(entries), *_statement_faults(rows)]
    for row in tariffs:
        if digest(row.content) != row.sha256:
            faults.append(Fault(f"frozen tariff {row.sha256[:12]}", "its content has another digest"))
    faults += _signature_faults(rows, public_key)
    with store.reader() as reader:
        faults += [Fault(f"record file {name}", why) for name, why in damaged_files(store, reader)]
        closes = 0
        try:
            steps = read_lineage(store.mergings())
        except LineageError as error:
            faults.append(Fault("lineage of record files", str(error)))
        if not faults:
            trail = read_trail(entries)
            faults += _joined(trail, rows)
            present = (file.sha256 for group in reader.files.values() for file in group)
            lineage = Lineage(steps, present)
            for act in trail.acts if not faults else ():
                if act.action == "close":
                    faults += _files_faults(lineage, act) or _made_again(store, reader, trail, act)
                    closes += 1
    signed = sum(row.signature is not None for row in rows)
    return Verdict(len(entries), len(rows), closes, signed, tuple(faults))


def _entry_faults(entries: Sequence[AuditEntry]) -> Iterator[Fault]:
    previous = ""
    for number, entry in enumerate(entries, start=1):
        yield from _text_faults(
            f"audit entry {number}", entry.document, entry.sha256, previous, entry.previous
        )
        previous = entry.sha256


def _statement_faults(rows: Sequence[ClosedStatement]) -> Iterator[Fault]:
    previous = ""
    for number, row in enumerate(rows, start=1):
        yield from _text_faults(f"statement {number}", row.document, row.sha256, previous, previous)
        previous = row.sha256


def _text_faults(what: str, document: str, sha256: str, previous: str, said: str) -> Iterator[Fault]:
    """What is wrong with one text, its digest, and the digest of the text before that it names."""
    if digest(document) != sha256:
        yield Fault(
            _named(what, document), f"its text has the digest {digest(document)[:12]}, not {sha256[:12]}"
        )
        return
    found = json.loads(document)
    if canonical(found) != document:
        yield Fault(_named(what, document), "its text is not canonical")
    if (found["previous"], said) != (previous, previous):
        yield Fault(
            _named(what, document), "it doesn't follow the one before: something was put in, or taken out"
        )


def _named(what: str, document: str) -> str:
    """The text's place with the month and account that it speaks of, as far as they can be read."""
    try:
        found = json.loads(document)
        said = [str(found[name]) for name in ("action", "month", "account_id") if name in found]
    except (ValueError, TypeError):
        return what
    return f"{what} ({' '.join(said)})" if said else what


def _signature_faults(rows: Sequence[ClosedStatement], public_key: str | None) -> Iterator[Fault]:
    if public_key is None and not any(row.signature for row in rows):
        return
    from billing.books.signing import holds

    for number, row in enumerate(rows, start=1):
        what = _named(f"statement {number}", row.document)
        if row.signature is None:
            if public_key is not None:
                yield Fault(what, "it is not signed")
            continue
        try:
            signature = json.loads(row.signature)
            good = isinstance(signature, dict) and holds(signature, row.sha256)
        except ValueError:
            good = False
        if not good:
            yield Fault(what, "its signature doesn't hold")
        elif public_key is not None and signature["public_key"] != public_key:
            yield Fault(what, "it was signed by another key")


def _joined(trail: Trail, rows: Sequence[ClosedStatement]) -> Iterator[Fault]:
    """Whether every close has just the statements that its entry names."""
    known = {act.entry_id for act in trail.acts if act.action == "close"}
    for row in rows:
        if row.entry_id not in known:
            yield Fault(_named("statement", row.document), "no close in the audit trail names it")
    for act in trail.acts:
        if act.action == "close":
            named = [each["sha256"] for each in act.details["statements"]]
            if named != [row.sha256 for row in rows if row.entry_id == act.entry_id]:
                yield Fault(
                    f"close of {act.month.label}, version {act.version}",
                    "its statements are not those that the audit trail names",
                )


def _files_faults(lineage: Lineage, act: Act) -> list[Fault]:
    """Whether the record files that a close names are there, or merged into such as are."""
    details = act.details
    if details["form"] == 1:
        return []
    what, named, records = (
        f"close of {act.month.label}, version {act.version}",
        details["record_files"],
        details["records"],
    )
    if (len(named), files_digest(named)) != (records["files"], records["sha256"]):
        return [
            Fault(what, "the record files that it names are not those that its statements were made from")
        ]
    missing = lineage.missing(named, records["lineage"])
    if missing is None:
        return [Fault(what, "the lineage of record files was cut off: the merging that it names is missing")]
    return [
        Fault(what, f"the record file with the SHA-256 {sha256} is neither there nor merged into another")
        for sha256 in missing
    ]


def _made_again(store: Store, reader: Reader, trail: Trail, act: Act) -> Iterator[Fault]:
    """The close made again from the records, the ledger and the tariff as they stood."""
    what, details, ledger = f"close of {act.month.label}, version {act.version}", act.details, store.ledger
    content = ledger.tariff(details["tariff"]["content_sha256"])
    if content is None:
        yield Fault(what, "its frozen tariff is missing")
        return
    inputs = Inputs(
        month=act.month,
        version=act.version,
        as_of=instant(details["as_of_s"]),
        last_batch=details["last_batch"],
        tariff=thaw(content),
        content_sha256=digest(content),
        closed_at=details["closed_at"],
        closed_by=details["closed_by"],
        program=details["program"],
        record_files=tuple(details.get("record_files", ())),
        lineage=details["records"].get("lineage", ""),
        form=details["form"],
    )
    rows = ledger.statements(act.entry_id)
    try:
        made = make(
            reader.at(inputs.last_batch), ledger, trail.before(act.number), inputs, frozen_tariffs(ledger)
        )
    except ImcostError as error:
        yield Fault(what, f"it can't be made again: {error}")
        return
    records = details["records"]
    if made.frozen["records"] != records:
        different = [name for name in records if made.frozen["records"].get(name) != records[name]]
        yield Fault(what, f"the records that it was made from are others: {', '.join(different)}")
        return
    accounts = [document["account_id"] for document in made.documents]
    before = {row.sha256: json.loads(row.document) for row in rows}
    if accounts != [document["account_id"] for document in before.values()]:
        yield Fault(what, "it has statements of other accounts when it is made again")
        return
    for document, (sha256, stored) in zip(made.documents, before.items(), strict=True):
        if chained([document], stored["previous"])[0].sha256 != sha256:
            where = first_difference(
                stored, json.loads(canonical(document)) | {"previous": stored["previous"]}
            )
            yield Fault(f"{what}, account {document['account_id']}", f"made again it differs: {where}")


def first_difference(stored: Any, again: Any, path: str = "") -> str:
    """Where two JSON values begin to differ, and how; empty where they don't."""
    if isinstance(stored, Mapping) and isinstance(again, Mapping):
        for name in sorted(stored.keys() | again.keys()):
            below = f"{path}.{name}" if path else name
            if found := first_difference(stored.get(name), again.get(name), below):
                return found
        return ""
    if isinstance(stored, list) and isinstance(again, list):
        for index, (one, other) in enumerate(zip(stored, again, strict=False)):
            if found := first_difference(one, other, f"{path}[{index}]"):
                return found
        return "" if len(stored) == len(again) else f"{path} has {len(again)} items, not {len(stored)}"
    return "" if stored == again else f"{path} is {again!r}, not {stored!r}"
