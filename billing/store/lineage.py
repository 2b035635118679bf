"""The lineage of record files: which were merged into which, each merging chained to the one before.

A closed statement names the record files that it was made from by their SHA-256. Compaction replaces files by others with the
same postings; the lineage says by which, so that what a statement names is found again whatever was merged since.
"""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlmodel import Session, col, select

from billing.canonical import canonical, digest
from billing.store.models import Merging, RecordFile


class LineageError(Exception):
    """The lineage is not as it was written; the text says where."""


class Step(NamedTuple):
    """One merging: the digests of the files that were replaced, and of those that hold their postings now."""

    number: int
    merged: tuple[str, ...]
    into: tuple[str, ...]
    sha256: str


def add_merging(
    session: Session, kind: str, merged: Sequence[RecordFile], into: Sequence[RecordFile]
) -> None:
    """Add a merging to the lineage, within the transaction that names the new files in the old ones' place."""
    last = session.exec(select(Merging).order_by(col(Merging.id).desc()).limit(1)).first()
    previous = "" if last is None else last.sha256
    document = canonical(
        {"kind": kind, "merged": _described(merged), "into": _described(into), "previous": previous}
    )
    session.add(Merging(document=document, sha256=digest(document), previous=previous))


def _described(record_files: Iterable[RecordFile]) -> list[dict[str, object]]:
    return [
        {"name": file.name, "role": file.role, "rows": file.rows, "sha256": file.sha256}
        for file in record_files
    ]


def read_lineage(mergings: Sequence[Merging]) -> list[Step]:
    """The steps of a lineage in their order; a LineageError where one is not as it was written, or doesn't follow."""
    steps: list[Step] = []
    previous = ""
    for number, row in enumerate(mergings, start=1):
        if digest(row.document) != row.sha256:
            raise LineageError(f"merging {number} of record files has another digest than was written")
        found = json.loads(row.document)
        if not found["previous"] == row.previous == previous:
            raise LineageError(f"merging {number} of record files doesn't follow the one before")
        merged, into = (tuple(file["sha256"] for file in found[side]) for side in ("merged", "into"))
        steps.append(Step(number, merged, into, row.sha256))
        previous = row.sha256
    return steps


class Lineage:
    """Where the postings of files lie that may have been merged since."""

    def __init__(self, steps: Sequence[Step], present: Iterable[str]) -> None:
        self._present = set(present)
        self._numbers = {"": 0, **{step.sha256: step.number for step in steps}}
        self._steps = steps

    def missing(self, sha256s: Iterable[str], after: str) -> list[str] | None:
        """Which of these files are neither there nor merged, step by step after the merging `after`, into files that are.

        None where there is no such merging: then the lineage's end was cut off.
        """
        if after not in self._numbers:
            return None
        wanted = set(sha256s)
        origin = {sha256: sha256 for sha256 in wanted}
        for step in self._steps[self._numbers[after] :]:
            gone = [sha256 for sha256 in step.merged if sha256 in wanted]
            if gone:
                wanted.difference_update(gone)
                wanted.update(step.into)
                origin.update(dict.fromkeys(step.into, origin[gone[0]]))
        return sorted({origin[sha256] for sha256 in wanted - self._present})
