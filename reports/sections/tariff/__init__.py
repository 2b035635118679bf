"""Which prices and dated values the bill rests on, who says so, and how far to trust it."""

from collections.abc import Mapping
from typing import Any

from reports.data import ReportData
from reports.i18n import Formats, Words
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
                "source": _source(used.rate),
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
        "digest": tariff.digest,
        "rates": rates,
        "values": [{"value": value, "source": _source(value)} for value in data.values],
        "settlement": None if settlement is None else {"entry": settlement, "source": _source(settlement)},
    }


def _source(entry: Dated) -> dict[str, Any]:
    """Who says so: a link where the page has an address that a browser may follow."""
    return {
        "text": entry.source,
        "page": entry.page,
        "link": entry.page if entry.page.startswith("https://") else None,
        "read": entry.read,
        "trust": entry.trust,
        "note": entry.note,
        "tariff": entry.tariff,
    }
