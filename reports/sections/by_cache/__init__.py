"""What each cache cost: the dearest by name, the rest in one line."""

from collections.abc import Mapping
from typing import Any

from reports.breakdown import Row, break_down
from reports.data import CACHES_NAMED, ReportData
from reports.i18n import Formats, Words
from reports.records import CacheRef


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any] | None:
    """The caches by amount, account and region named where there are several; left out where nothing was charged."""
    if not data.by_cache:
        return None
    found = break_down(data.by_cache, rows=CACHES_NAMED)
    automatic = {
        CacheRef(line.account_id, line.region, line.cache_id)
        for line in data.bill.lines
        if line.creation_method == "automatic"
    }
    estimated = {
        CacheRef(line.account_id, line.region, line.cache_id) for line in data.bill.lines if line.estimated
    }

    def names(row: Row) -> dict[str, Any]:
        cache = CacheRef(*(part or "" for part in row.key))
        name = data.cache_names.get(cache)
        below = [
            cache.cache_id if name else "",
            cache.account_id if len(data.by_account) > 1 else "",
            cache.region if len(data.by_region) > 1 else "",
        ]
        return {
            "cache": cache,
            "name": name,
            "automatic": cache in automatic,
            "estimated": cache in estimated,
            "below": [part for part in below if part],
        }

    return {
        "found": found,
        "names": names,
        "caches": len(data.by_cache),
        "month": data.bill.month.label,
        "complete": data.bill.complete,
    }
