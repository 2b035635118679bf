"""What each cache cost: the dearest by name, the rest in one line."""

from collections.abc import Mapping
from typing import Any

from reports.breakdown import Row, break_down
from reports.data import CACHES_NAMED, ReportData
from reports.i18n import Formats, Words
from reports.records import CacheRef


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any]:
    """The caches by amount; account and region are named where there are several."""
    found = break_down(data.by_cache, rows=CACHES_NAMED)
    methods = {
        CacheRef(line.account_id, line.region, line.cache_id): line.creation_method
        for line in data.bill.lines
    }
    estimated = {
        CacheRef(line.account_id, line.region, line.cache_id) for line in data.bill.lines if line.estimated
    }

    def names(row: Row) -> dict[str, Any]:
        cache = CacheRef(*(part or "" for part in row.key))
        return {
            "cache": cache,
            "name": data.cache_names.get(cache),
            "method": t("method_" + methods[cache]),
            "estimated": cache in estimated,
            "where": [
                part
                for part, several in (
                    (cache.account_id, len(data.by_account) > 1),
                    (cache.region, len(data.by_region) > 1),
                )
                if several
            ],
        }

    return {
        "found": found,
        "names": names,
        "caches": len(data.by_cache),
        "month": data.bill.month.label,
        "complete": data.bill.complete,
    }
