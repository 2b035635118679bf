"""Which prices and dated values the bill rests on, who says so, and how far to trust it."""

from collections.abc import Mapping
from typing import Any

from reports.data import ReportData
from reports.i18n import Formats, Words
from reports.tariff_texts import tariff_text
from rules.tariff.entries import Dated, SettlementEntry


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any]:
    """The used prices in the order of the charges, the used values, and the settlement rule."""
    tariff = data.bill.tariff
    rates = []
    for used in data.rates:
        count, _, unit = used.rate.price.per.rpartition(" ")
        rates.append(
            {
                "rate": used.rate,
                "charges": used.charges,
                "count": int(count or 1),
                "unit": unit,
                "discount": used.rate.discount,
                "source": _source(used.rate, f.language),
            }
        )
    settlement = next(
        (
            entry
            for entry in tariff.entries
            if isinstance(entry, SettlementEntry) and entry.holds(data.bill.month.from_s)
        ),
        None,
    )
    return {
        "tariff": tariff,
        "title": tariff_text(tariff.title, tariff.id, f.language),
        "digest": tariff.digest,
        "rates": rates,
        "values": [{"value": value, "source": _source(value, f.language)} for value in data.values],
        "settlement": None
        if settlement is None
        else {"entry": settlement, "source": _source(settlement, f.language)},
    }


def _source(entry: Dated, language: str) -> dict[str, Any]:
    """Who says so: a link where the page has an address that a browser may follow."""
    return {
        "text": tariff_text(entry.source, entry.tariff, language),
        "page": entry.page,
        "link": entry.page if entry.page.startswith("https://") else None,
        "read": tariff_text(entry.read, entry.tariff, language),
        "trust": entry.trust,
        "note": tariff_text(entry.note, entry.tariff, language),
        "tariff": entry.tariff,
    }
