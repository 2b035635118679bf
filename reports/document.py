"""The report's data as one JSON document, for those who make reports of their own: what the sections get, by name.

docs/report-data.md describes it. `version` changes when a name goes away or comes to mean something else.
"""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from billing.bill import Line
from billing.books import Statement
from billing.comparing import Comparison
from billing.csv_cells import harmless
from billing.grouping import Group
from billing.recommending import Recommendation
from billing.trend import MonthCost
from reports.archive import Attached
from reports.data import ReportData
from reports.watched import watched_json
from rules.money import plain
from rules.period import rfc3339

VERSION = 1


def document(data: ReportData) -> dict[str, Any]:
    """The data by name; amounts and quantities are exact, as text."""
    bill, settled = data.bill, data.settled
    return {
        "version": VERSION,
        "month": bill.month.label,
        "account": data.account,
        "tag": None if data.tag is None else {"key": data.tag.key, "value": data.tag.value},
        "as_of": rfc3339(bill.as_of),
        "running": data.running,
        "currency": bill.currency,
        "total": plain(bill.total),
        "corrections": plain(settled.corrections),
        "rounding_adjustment": plain(settled.adjustment),
        "payable": f"{settled.payable:.2f}",
        "settlement": settled.rule,
        "complete": bill.complete,
        "accounts": [
            {
                "account_id": one.account_id,
                "total": plain(one.total),
                "corrections": plain(one.corrections),
                "rounding_adjustment": plain(one.settlement.adjustment),
                "payable": f"{one.settlement.payable:.2f}",
            }
            for one in settled.accounts
        ],
        "groups": {
            "cache": _groups(data.by_cache),
            "account": _groups(data.by_account),
            "region": _groups(data.by_region),
            "day": _groups(data.by_day),
            "tag": {found.key: _groups(found.groups) for found in data.by_tag},
        },
        "further_tag_keys": list(data.further_tag_keys),
        "previous_month": _comparison(data.previous),
        "year_ago": _comparison(data.year_ago),
        "trend": [_month(cost) for cost in data.trend],
        "recommendations": _recommendations(data),
        "cache_names": [
            {**cache._asdict(), "cache_name": name} for cache, name in sorted(data.cache_names.items())
        ],
        "free_creations": {
            "created": data.free_creations.created,
            "would_have_cost": plain(data.free_creations.total),
        },
        "provenance": {
            "files": data.provenance.files,
            "rejected_rows": data.provenance.rejected_rows,
            "last_observed": None
            if data.provenance.last_observed is None
            else rfc3339(data.provenance.last_observed),
        },
        **watched_json(data),
        "statements": [_statement(one) for one in data.statements],
        "reconciliation": None if data.reconciliation is None else data.reconciliation.to_json(),
        "bill": bill.to_json(),
    }


def document_text(data: ReportData) -> str:
    """The document as text: the same data gives the same text."""
    return json.dumps(document(data), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def attachments(data: ReportData) -> tuple[Attached, ...]:
    """What a PDF carries: the document, and the bill's lines as CSV."""
    month = data.bill.month.label
    return (
        Attached(f"imcost-{month}.json", "The data of this report", document_text(data).encode()),
        Attached(f"imcost-{month}-lines.csv", "The lines of this bill", lines_csv(data).encode()),
    )


def lines_csv(data: ReportData) -> str:
    """The bill's lines as CSV with a header; text that a spreadsheet would take for a formula begins with an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["month", "line_id", *Line._fields, "currency"])
    for line in data.bill.lines:
        cells = [data.bill.month.label, *line.to_json().values(), data.bill.currency]
        writer.writerow([_harmless(cell) for cell in cells])
    return text.getvalue()


def _harmless(cell: object) -> object:
    if isinstance(cell, bool):
        return str(cell).lower()
    return harmless(cell) if isinstance(cell, str) and not _is_number(cell) else cell


def _is_number(text: str) -> bool:
    return text[1:].replace(".", "", 1).isdecimal()


def _statement(one: Statement) -> dict[str, Any]:
    """A statement without its lines, which the bill has: what it says, its corrections, and what proves it."""
    found = one.to_json()
    del found["lines"], found["unrated"]
    return found


def _groups(found: tuple[Group, ...]) -> list[dict[str, Any]]:
    return [one.to_json() for one in found]


def _comparison(found: Comparison | None) -> Mapping[str, Any] | None:
    if found is None:
        return None
    return {
        "month": found.before.month.label,
        "as_of": rfc3339(found.before.as_of),
        "before": plain(found.before.total),
        "now": plain(found.now.total),
        "change": plain(found.change),
        "price": plain(found.price),
        "quantity": plain(found.quantity),
        "mix": plain(found.mix),
        "charges": [
            {
                "charge": row.charge,
                **{
                    name: plain(getattr(row, name))
                    for name in ("before", "now", "change", "price", "quantity", "mix")
                },
            }
            for row in found.charges
        ],
        "caches": {
            kind: {"caches": moved.caches, "amount": plain(moved.amount)}
            for kind, moved in found.movements.items()
        },
    }


def _month(cost: MonthCost) -> dict[str, Any]:
    amounts = {"total": cost.total, "creation": cost.creation, "usage": cost.usage}
    return {
        "month": cost.month.label,
        **{name: None if amount is None else plain(amount) for name, amount in amounts.items()},
        "complete": cost.complete,
        "running": cost.running,
    }


def _recommendations(data: ReportData) -> dict[str, Any]:
    found = data.recommendations
    return {
        "each": [_recommendation(one) for one in found.each],
        "together": None if found.together is None else _recommendation(found.together),
        "too_large": found.too_large,
    }


def _recommendation(one: Recommendation) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "settings": dict(one.settings),
        "saving": plain(one.saving),
        "misses": one.misses,
        "pull_amount": None if one.pull_amount is None else plain(one.pull_amount),
        "caches": one.caches,
    }
