"""The provider's own answers: what they have in common, whatever they describe.

An answer comes as it was fetched: alone, in an array, in JSON lines; bare, or wrapped by an SDK ({"headers", "statusCode",
"body"}) or as a documented example ({"action", "example"}). It changes only the fields that it carries: what it does not say is
null.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from billing.importing.columns import PROVIDER_COLUMNS, RecordKind
from billing.importing.desk import Desk, Rows
from billing.importing.documents import Json, Located, documents, is_text, records_at
from billing.importing.inputs import Input
from billing.importing.reading import Listing, Options, Reading, Sample
from billing.importing.refusal import InputRefused
from billing.importing.rejection import problem
from billing.importing.spool import Spool, SpooledRow, spool

WRAPPINGS = ("body", "example")
"""Keys under which an SDK, and the provider's documentation, put the answer."""

Values = Mapping[str, str | None]


class BadAnswer(Exception):
    """A field of a record does not have the documented shape."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def text(record: Mapping[str, Json], name: str) -> str | None:
    """A text or number that a record carries; None where it is absent or empty."""
    value = record.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return str(value)
    raise BadAnswer(name)


def objects(record: Mapping[str, Json], name: str) -> list[Mapping[str, Json]] | None:
    """A list of objects that a record carries, None where it is absent; a list wrapped as {"Event": […]} is unwrapped."""
    value = record.get(name)
    if isinstance(value, dict) and len(value) == 1:
        value = next(iter(value.values()))
    if value is None:
        return None
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        return value
    raise BadAnswer(name)


@dataclass(frozen=True, slots=True)
class AnswerFormat:
    """The answers of one API operation.

    `path` are the keys that lead to its records, `kind` is what they become, `to_rows` gives the rows of one record and raises
    BadAnswer. `counts` is the key of the id that TotalCount counts, None where the operation counts nothing. `shown_by` are keys
    of which the object at `path` has one at least, where the path alone does not tell.
    """

    name: str
    path: Sequence[str]
    kind: RecordKind
    to_rows: Callable[[Mapping[str, Json]], Sequence[Values]]
    needs: Sequence[str] = ("account_id",)
    counts: str | None = None
    shown_by: Sequence[str] = ()

    def recognises(self, sample: Sample) -> bool:
        """By the key of its records in the first document."""
        return self.answers(unwrapped(sample.document)[1])

    def answers(self, answer: Json) -> bool:
        """Whether this is an answer of the operation."""
        for key in self.path:
            if not isinstance(answer, dict) or key not in answer:
                return False
            answer = answer[key]
        return not self.shown_by or (isinstance(answer, dict) and not answer.keys().isdisjoint(self.shown_by))

    def open(self, sample: Sample, options: Options) -> Reading:
        """All answers are taken apart into records."""
        missing = [name for name in self.needs if name not in options.fills]
        if missing:
            named = " and ".join(f"--{name.removesuffix('_id')}" for name in missing)
            raise InputRefused(
                f"{self.name} answers do not say their {' and '.join(name.removesuffix('_id') for name in missing)}",
                place=sample.input.path,
                hint=f"give {named}",
            )
        listing = Listing() if self.counts else None
        file = sample.input.file.with_name(f"{sample.input.file.name}-records")
        columns = [*self.kind.by_name, *PROVIDER_COLUMNS]
        rows = spool(file, columns, self._rows(sample.input, options, listing), numbered="place")
        return AnswerReading(self.kind, rows, listing)

    def _rows(self, file: Input, options: Options, listing: Listing | None) -> Iterator[SpooledRow]:
        for document in documents(file.file, path=file.path):
            keys, answer = unwrapped(document.value)
            if not self.answers(answer):
                place = f"{file.path}:{document.line}"
                hint = "import different answers from different files"
                raise InputRefused(
                    f"this is no {self.name} answer like those before it", place=place, hint=hint
                )
            ids: list[tuple[str, str]] = []
            for record in records_at(document, *keys, *self.path):
                yield from self._row(record, options, ids)
            if listing is not None:
                self._count(listing, answer, ids, options)

    def _row(self, record: Located, options: Options, ids: list[tuple[str, str]]) -> Iterator[SpooledRow]:
        try:
            if not isinstance(record.value, dict) or not is_text(record.text):
                raise BadAnswer(self.path[-1])
            for values in self.to_rows(record.value):
                yield SpooledRow(record.line, record.text, values)
            if self.counts is not None:
                ids.append(
                    (
                        text(record.value, "RegionId") or options.region or "",
                        text(record.value, self.counts) or "",
                    )
                )
        except BadAnswer as error:
            yield SpooledRow(record.line, record.text, None, problem("bad_answer", name=error.name))

    def _count(
        self, listing: Listing, answer: Mapping[str, Json], ids: list[tuple[str, str]], options: Options
    ) -> None:
        """Add one page to what the stream lists; a page without records is of the region that the command names."""
        total = text(answer, "TotalCount")
        for region in {region for region, _ in ids} or {options.region or ""}:
            listing.ids.setdefault(region, set()).update(found for of, found in ids if of == region)
            if total is not None and total.isascii() and total.isdigit():
                listing.totals[region] = max(listing.totals.get(region, 0), int(total))


@dataclass(frozen=True, slots=True)
class AnswerReading:
    """Answers that were taken apart into records."""

    kind: RecordKind
    rows: Spool
    listing: Listing | None = field(default=None)
    merge: ClassVar[bool] = True

    def load(self, desk: Desk, options: Options) -> Rows:
        """The records, checked like any other row."""
        return desk.load(
            self.kind, self.rows.source(empty="kept"), options.fills, raw_texts=self.rows.raw_texts
        )


def unwrapped(document: Json) -> tuple[Sequence[str], Json]:
    """The keys that lead to the answer in a document, and the answer."""
    if isinstance(document, dict):
        for key in WRAPPINGS:
            if isinstance(document.get(key), dict):
                return (key,), document[key]
    return (), document
