"""The month's statements: what is payable, whether that is final, how it is proved, and every correction of closed months."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from operator import attrgetter
from typing import Any

from billing.bill import exact_sum
from billing.books.corrections import USAGE_REASONS
from reports.books import settled_statements
from reports.data import ReportData
from reports.explained import shown_corrections
from reports.i18n import Formats, Words, name
from rules.charges import charge
from rules.period import Month, parse_instant

STATEMENTS_SHOWN = 20
"""Statements that are shown, those that ask for most; the others are one line."""


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any] | None:
    """The statements, and the corrections by month as incurred; left out where the month is open and corrects nothing."""
    if not data.statements:
        return None
    settled = settled_statements(data.statements)
    hashes = {each.account_id: each for each in data.statements}
    ordered = sorted(settled.accounts, key=lambda each: (-each.settlement.payable, each.account_id))
    corrections = [each for statement in data.statements for each in statement.document["corrections"]]
    return {
        "closed": data.closed,
        "settled": settled,
        "rows": [(each, hashes[each.account_id]) for each in ordered[:STATEMENTS_SHOWN]],
        "further": ordered[STATEMENTS_SHOWN:],
        "further_payable": exact_sum(map(attrgetter("settlement.payable"), ordered[STATEMENTS_SHOWN:])),
        "several": len(ordered) > 1,
        "months": list(_months(corrections, t, f)),
        "corrected": settled.corrections,
        "proof": _proof(data, f) if data.closed else None,
        "month": data.bill.month.label,
        "now": data.bill.total,
        "moved": data.closed and data.bill.total != settled.total,
    }


def _proof(data: ReportData, f: Formats) -> Mapping[str, Any]:
    """What the close froze, which all of its statements say alike."""
    document = data.statements[0].document
    return {
        "version": document["version"],
        "at": f.instant(parse_instant(document["closed_at"])),
        "by": document["closed_by"],
        "as_of": f.instant(document["as_of_s"]),
        "program": document["program"],
        "tariff": document["tariff"]["id"],
        "tariff_digest": document["tariff"]["content_sha256"],
        "caches": document["records"]["caches"],
        "instances": document["records"]["instances"],
        "marks": sorted({mark for each in data.statements for mark in each.document["marks"]}),
        "signed": sum(1 for each in data.statements if each.signature is not None),
        "statements": len(data.statements),
    }


def _months(corrections: Iterable[Mapping[str, Any]], t: Words, f: Formats) -> Iterable[Mapping[str, Any]]:
    """The corrections by month as incurred, each month with its sum; the largest are named."""
    for label, shown, others in shown_corrections(corrections):
        yield {
            "month": f.month(Month(label).from_s),
            "label": label,
            "rows": [_correction(each, t, f) for each in shown],
            "further": len(others),
            "further_amount": exact_sum(Decimal(each["amount"]) for each in others),
            "amount": exact_sum(Decimal(each["amount"]) for each in (*shown, *others)),
        }


def _correction(each: Mapping[str, Any], t: Words, f: Formats) -> Mapping[str, Any]:
    quantity = Decimal(each["quantity"])
    shown, unit = f.quantity(quantity, charge(each["charge"]).unit)
    return {
        "each": each,
        "class": each["class"],
        "charge": each["charge"],
        "cache_id": each["cache_id"],
        "account_id": each["account_id"],
        "quantity": shown,
        "unit": unit,
        "amount": Decimal(each["amount"]),
        "estimated": each["estimated"],
        "reason": _reason(each, t),
    }


def _reason(each: Mapping[str, Any], t: Words) -> object:
    """Why the line is corrected, in the report's language: found again among the reasons that there are."""
    for id, text in USAGE_REASONS.items():
        if each["reason"] == text.format(month=each["corrects_month"]):
            return t("reason_" + id)
    said = str(each["reason"]).partition(": ")[2] or each["reason"]
    return t("reason_price", why=name(str(said), 120))
