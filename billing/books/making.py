"""Making the statements that a close freezes: from a reader, the trail before it and a tariff, always the same ones.

`close` makes them once, `verify` makes them again from what was frozen and compares.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from billing.bill import Bill
from billing.books.corrections import Pending, Tariffs, pending
from billing.books.records import digests
from billing.books.statement import documents
from billing.books.trail import Trail
from billing.canonical import canonical, digest
from billing.pipeline import make_bill
from billing.store import Reader
from billing.store.ledger import Ledger, SealedText
from rules.period import Month, epoch_s
from rules.tariff import Tariff

FORM = 2
"""Which form documents have from now on, as docs/statements.md describes it. Form 1 had a digest of the records' own rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything that a close depends on beside the ledger before it.

    closed_at, closed_by, program: who closed it, when, with which version. as_of: the present moment of the bill. last_batch: the
    last batch that it has seen. content_sha256: the digest of the tariff's frozen content. record_files: the digests of the
    record files that it reads, in order; lineage: the newest merging of such files. form: what the document looks like.
    """

    month: Month
    version: int
    as_of: datetime
    last_batch: int
    tariff: Tariff
    content_sha256: str
    closed_at: str
    closed_by: str
    program: str
    record_files: tuple[str, ...] = ()
    lineage: str = ""
    form: int = FORM


@dataclass(frozen=True, slots=True)
class Made:
    """What a close is going to freeze: documents by account that aren't chained yet, and what was frozen with them."""

    documents: list[dict[str, Any]]
    frozen: Mapping[str, Any]
    carried: Pending


def make(reader: Reader, ledger: Ledger, trail: Trail, inputs: Inputs, tariffs: Tariffs) -> Made:
    """The statements of a month as of a reader and the trail before its close."""
    as_of_s = epoch_s(inputs.as_of)
    carried = pending(reader, ledger, trail, as_of_s=as_of_s, tariffs=tariffs)
    bill = make_bill(reader, inputs.month, as_of=inputs.as_of, tariff=inputs.tariff)
    frozen = {
        "form": inputs.form,
        "tariff": {
            "id": inputs.tariff.id,
            "digest": inputs.tariff.digest,
            "content_sha256": inputs.content_sha256,
        },
        "records": _records(reader, inputs, bill),
        "last_batch": inputs.last_batch,
        "as_of_s": as_of_s,
        "program": inputs.program,
        "closed_at": inputs.closed_at,
        "closed_by": inputs.closed_by,
    }
    made = documents(bill, carried, version=inputs.version)
    return Made([document | frozen for document in made], frozen, carried)


def _records(reader: Reader, inputs: Inputs, bill: Bill) -> Mapping[str, Any]:
    """What says which records the statements were made from, in the form that they have."""
    if inputs.form == 1:
        return digests(reader, inputs.month)._asdict()
    return {
        "instances": sum(bill.records.instances.values()),
        "caches": sum(bill.records.caches.values()),
        "files": len(inputs.record_files),
        "sha256": files_digest(inputs.record_files),
        "lineage": inputs.lineage,
    }


def files_digest(sha256s: Sequence[str]) -> str:
    """The digest of some record files: SHA-256 over their digests in order, each ended by a line feed."""
    return digest("".join(f"{sha256}\n" for sha256 in sha256s))


def chained(documents: list[dict[str, Any]], previous: str) -> list[SealedText]:
    """The documents as canonical texts, each with the digest of the one before."""
    sealed = []
    for document in documents:
        text = canonical(document | {"previous": previous})
        sealed.append(SealedText(text, digest(text), previous))
        previous = sealed[-1].sha256
    return sealed
