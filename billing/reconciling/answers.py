"""Bills as the provider's API answers them: JSON documents, one or many, whose items become rows.

Numbers stay as they were written. What an answer says once, the billing cycle and the account, fills the items that don't.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from billing.importing.answers import unwrapped
from billing.importing.documents import Json, documents, records_at
from billing.importing.reading import Sample
from billing.importing.refusal import InputRefused
from billing.reconciling.columns import AMOUNTS, QUANTITIES, TEXTS, bill_columns
from billing.reconciling.sources import BillSource, Quarantined, SpooledRow, spool

MOST_RAW = 2_000


def first_item(document: Json) -> tuple[bool, Mapping[str, Json]]:
    """Whether an answer's items are wrapped once more, and the first of them; empty where there is none."""
    data = unwrapped(document)[1]
    data = data.get("Data") if isinstance(data, dict) else None
    items = data.get("Items") if isinstance(data, dict) else None
    wrapped = isinstance(items, dict)
    listed = items.get("Item") if isinstance(items, dict) else items
    first = listed[0] if isinstance(listed, list) and listed else {}
    return wrapped, first if isinstance(first, dict) else {}


@dataclass(frozen=True, slots=True)
class AnswerBill:
    """An operation's answers. `wrapped`: its items lie in Items.Item; `marks`: keys that only its items have."""

    name: str
    wrapped: bool
    marks: tuple[str, ...]
    lacks: tuple[str, ...] = ()

    def recognises(self, sample: Sample) -> bool:
        """Whether the first document is an answer of the operation."""
        wrapped, item = first_item(sample.document)
        return (
            wrapped == self.wrapped
            and all(mark in item for mark in ("PretaxGrossAmount", *self.marks))
            and not any(key in item for key in self.lacks)
        )

    def open(self, sample: Sample, staging: Path) -> BillSource:
        """All items of all answers, spooled; an item that is no object goes to the quarantine."""
        bad: list[Quarantined] = []
        columns = [*TEXTS, *AMOUNTS, *QUANTITIES]
        file = staging / f"{sample.input.file.name}-rows.csv"
        relation = spool(self._rows(sample, bad), columns, file)
        return BillSource(
            sample.input, self.name, relation, {name: name for name in columns}, numbered="line", apart=True,
            quarantined=tuple(bad),
        )  # fmt: skip

    def _rows(self, sample: Sample, bad: list[Quarantined]) -> Iterator[SpooledRow]:
        path = sample.input.path
        named: dict[tuple[str, ...], dict[str, str]] = {}
        for document in documents(sample.input.file, path=path):
            wrapping, answer = unwrapped(document.value)
            data = answer.get("Data") if isinstance(answer, dict) else None
            if not isinstance(data, dict):
                raise InputRefused("this is no answer with a bill", place=f"{path}:{document.line}")
            whole = {"cycle": _text(data.get("BillingCycle")), "payer": _text(data.get("AccountID"))}
            keys = ("Data", "Items", "Item") if self.wrapped else ("Data", "Items")
            for record in records_at(document, *wrapping, *keys):
                if not isinstance(record.value, dict):
                    bad.append(Quarantined(path, record.line, record.text[:MOST_RAW], "bad_answer"))
                    continue
                header = tuple(record.value)
                if header not in named:
                    named[header] = bill_columns(header)
                values = {ours: _text(record.value[theirs]) for ours, theirs in named[header].items()}
                yield SpooledRow(
                    record.line, {**whole, **{key: text for key, text in values.items() if text}}
                )


def _text(value: Json) -> str:
    """A scalar as text; nothing for what is none."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
