"""How each number came about: the parts that it is the sum of, down to the lines, and each line from its records.

An appendix of the page to which its numbers link, with plain anchors; the PDF has none. `reports.explanations` writes the sums.
"""

from collections.abc import Mapping
from decimal import ROUND_DOWN, Context, Decimal
from fractions import Fraction
from typing import Any

from billing.explaining.line import RecordPart
from billing.explaining.summaries import LineSummary
from reports.data import ReportData
from reports.i18n import Formats, Words
from reports.records import CacheRef
from reports.tariff_texts import tariff_text
from rules.money import plain
from rules.tariff import Rate

PLACES_SHOWN = 16
"""Decimals of an amount before it is rounded."""

_CUT = Context(prec=60, rounding=ROUND_DOWN)


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any] | None:
    """The lines that are explained; left out where nothing is, or there is nothing to explain."""
    found = data.explanations
    if found is None or not (data.bill.lines or data.previous or data.statements):
        return None
    return {
        "explained": [_line(summary, data, f) for summary in found.lines.values()],
        "month": data.bill.month.label,
        "share": data.tag is not None,
        "all_lines": len(found.lines) == len(data.bill.lines),
        "count": len(data.bill.lines),
    }


def _line(summary: LineSummary, data: ReportData, f: Formats) -> Mapping[str, Any]:
    line, rate = summary.line, summary.rate
    place = (line.account_id, line.region, line.cache_id)
    exact = _exact(summary.exact)
    return {
        "line": line,
        "name": data.cache_names.get(CacheRef(*place)),
        "place": place,
        "quantity": f.price(line.quantity, least=0),
        "price": f.price(line.rate, least=0),
        "per": _per(line.per, f),
        "amount": f.price(line.amount),
        "rate": rate,
        "rate_source": "" if rate is None else tariff_text(rate.source, rate.tariff, f.language),
        "link": None if rate is None else _link(rate.page),
        "list_price": _list_price(rate, f),
        "exact": exact,
        "rounded": Decimal(exact.rstrip("…")) != line.amount or exact.endswith("…"),
        "records": summary.records,
        "further": summary.records - len(summary.first),
        "parts": [_part(part, f) for part in summary.first],
        "of_cache": summary.charge.record == "cache",
        "held": summary.first[0].held_text if summary.first else "",
        "before": summary.began_before,
        "after": summary.run_on,
        "from": f.instant(line.period_from),
        "until": f.instant(line.period_until),
        "unknown": summary.unknown,
        "estimated_quantity": f.price(line.estimated_quantity, least=0) if line.estimated else None,
    }


def _part(part: RecordPart, f: Formats) -> Mapping[str, Any]:
    version = part.record.version
    return {
        "id": part.record.id,
        "from": f.instant(part.from_s),
        "until": f.instant(part.until_s),
        "cut_from": part.begin_s < part.from_s,
        "cut_until": part.end_s is None or part.end_s > part.until_s,
        "held": f.price(part.held, least=0),
        "units": f.number(part.units),
        "quantity": f.price(part.quantity, least=0),
        "path": version.path,
        "at": version.line,
        "batch": version.batch,
    }


def _per(per: str, f: Formats) -> Mapping[str, Any]:
    """A price's unit as its count, where there is one, and its name."""
    count, _, unit = per.rpartition(" ")
    return {"count": f.number(int(count)) if count else "", "unit": unit}


def _list_price(rate: Rate | None, f: Formats) -> Mapping[str, Any] | None:
    """The price before a discount, and the discount."""
    if rate is None or rate.discount is None:
        return None
    return {"price": f.price(rate.list_price.amount, least=0), "off": rate.discount.label}


def _exact(value: Fraction) -> str:
    """An amount before rounding with all its decimals, or with the first sixteen and an ellipsis."""
    cut = _CUT.divide(Decimal(value.numerator), Decimal(value.denominator)).quantize(
        Decimal(1).scaleb(-PLACES_SHOWN), context=_CUT
    )
    ends = Fraction(cut) == value
    return plain(cut) if ends else f"{cut:f}…"


def _link(page: str) -> str | None:
    """A page's address where a browser may follow it."""
    return page if page.startswith("https://") else None
