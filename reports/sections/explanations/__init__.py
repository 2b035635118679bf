"""How each number came about: the total, every charge, the caches that are named, their lines, and corrections.

An appendix of the page to which its numbers link, with plain anchors; the PDF has none.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_DOWN, Context, Decimal
from fractions import Fraction
from typing import Any

from billing.bill import Line, exact_sum
from billing.explaining.line import RecordPart
from billing.explaining.summaries import LineSummary
from reports.data import ReportData
from reports.explained import Explanations, dearest
from reports.i18n import Formats, Words
from reports.records import CacheRef
from reports.sections.statements import CORRECTIONS_SHOWN
from rules.charges import charge
from rules.money import plain
from rules.period import Month
from rules.tariff import Rate

LINES_OF_CHARGE = 10
"""Lines that the explanation of a charge names, the dearest; the others are summed up."""

PLACES_SHOWN = 16
"""Decimals of an amount before it is rounded."""

_CUT = Context(prec=60, rounding=ROUND_DOWN)


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any] | None:
    """Everything that is explained; left out where nothing is."""
    found = data.explanations
    if found is None or not data.bill.lines:
        return None
    return {
        "x": found,
        "bill": data.bill,
        "settled": data.settled,
        "charges": list(_charges(data, found)),
        "caches": list(_caches(data, found)),
        "explained": [_line(summary, data, found, f) for summary in found.lines.values()],
        "corrections": list(_corrections(data, found)),
        "month": data.bill.month.label,
        "all_lines": len(found.lines) == len(data.bill.lines),
        "count": len(data.bill.lines),
    }


def _charges(data: ReportData, found: Explanations) -> Iterator[Mapping[str, Any]]:
    for id, amount in data.bill.total_by_charge.items():
        lines = [line for line in data.bill.lines if line.charge == id]
        declared = charge(id)
        shown, others = _shown(lines)
        yield {
            "anchor": found.charge(id),
            "id": id,
            "amount": amount,
            "free": declared.free,
            "formula": declared.formula,
            "source": declared.source,
            "link": _link(declared.source.page),
            "lines": shown,
            "others": len(others),
            "others_amount": exact_sum(line.amount for line in others),
            "count": len(lines),
            "estimated": sum(1 for line in lines if line.estimated),
        }


def _shown(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    ordered = dearest(lines)
    return ordered[:LINES_OF_CHARGE], ordered[LINES_OF_CHARGE:]


def _caches(data: ReportData, found: Explanations) -> Iterator[Mapping[str, Any]]:
    for place in found.caches:
        lines = [line for line in data.bill.lines if (line.account_id, line.region, line.cache_id) == place]
        yield {
            "anchor": found.cache(place),
            "cache": CacheRef(*(part or "" for part in place)),
            "name": data.cache_names.get(CacheRef(*(part or "" for part in place))),
            "lines": dearest(lines),
            "amount": exact_sum(line.amount for line in lines),
        }


def _line(summary: LineSummary, data: ReportData, found: Explanations, f: Formats) -> Mapping[str, Any]:
    line, rate = summary.line, summary.rate
    place = (line.account_id, line.region, line.cache_id)
    exact = _exact(summary.exact)
    return {
        "anchor": found.line(line.line_id),
        "line": line,
        "name": data.cache_names.get(CacheRef(*place)),
        "back": found.cache(place) or found.charge(line.charge),
        "quantity": f.price(line.quantity, least=0),
        "price": f.price(line.rate, least=0),
        "per": _per(line.per, f),
        "amount": f.price(line.amount),
        "rate": rate,
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


def _corrections(data: ReportData, found: Explanations) -> Iterator[Mapping[str, Any]]:
    """The corrections, as many as are shown."""
    corrections = [each for statement in data.statements for each in statement.document["corrections"]]
    for each in sorted(corrections, key=lambda each: (each["corrects_month"], -abs(Decimal(each["amount"]))))[
        :CORRECTIONS_SHOWN
    ]:
        yield {
            "anchor": found.correction(each),
            "each": each,
            "from_s": Month(each["corrects_month"]).from_s,
            "amount": Decimal(each["amount"]),
            "quantity": Decimal(each["quantity"]),
        }


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
