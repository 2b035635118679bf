"""What a report asks the records themselves, beside the bill: tag keys, names of caches, the last observation."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from billing.store import Reader
from billing.warehouse import sql_file
from rules.period import Month, instant


class CacheRef(NamedTuple):
    """A cache's identity: its id within account and region."""

    account_id: str
    region: str
    cache_id: str


def tag_keys(reader: Reader, month: Month, *, until_s: int, account: str | None) -> tuple[str, ...]:
    """The tag keys of the records that touch the month up to `until_s`, the most used first."""
    with reader.between(month.from_s, until_s) as connection:
        rows = connection.execute(
            sql_file("reports", "tag_keys"), {"from_s": month.from_s, "until_s": until_s, "account": account}
        ).fetchall()
    return tuple(str(key) for key, _ in rows)


def last_observed(reader: Reader, month: Month, *, until_s: int, account: str | None) -> datetime | None:
    """When a record that touches the month up to `until_s` was last observed; None where there is no record."""
    with reader.between(month.from_s, until_s) as connection:
        found = connection.execute(
            sql_file("reports", "last_observed"),
            {"from_s": month.from_s, "until_s": until_s, "account": account},
        ).fetchone()
    return None if found is None or found[0] is None else instant(found[0])


def cache_names(reader: Reader, caches: Collection[CacheRef]) -> dict[CacheRef, str]:
    """The names of those caches that have one."""
    if not caches:
        return {}
    with reader.connection() as connection:
        rows = connection.execute(
            sql_file("reports", "cache_names"), {"cache_ids": sorted({cache.cache_id for cache in caches})}
        ).fetchall()
    found = {CacheRef(account_id, region, cache_id): str(name) for account_id, region, cache_id, name in rows}
    return {cache: found[cache] for cache in caches if cache in found}
