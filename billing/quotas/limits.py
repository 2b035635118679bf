"""The limits that are no counts of caches, and the caches that expire while they are still used."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from billing.quotas.history import quota_sql
from billing.warehouse import Connection
from rules.period import epoch_s, instant
from rules.quota import IMAGES, MANUAL_SIZE_GIB, TAGS
from rules.units import MICRO, from_micro

NEAR_PERCENT = 80
"""From which share of a limit on a cache is named."""

AHEAD = timedelta(days=7)
"""How far ahead expiring caches are looked for."""

LATELY = timedelta(days=7)
"""How far back a use says that a cache is still used."""

LIMITS = {limit.name: limit for limit in (IMAGES, TAGS, MANUAL_SIZE_GIB)}


class NearLimit(NamedTuple):
    """A cache at or near a limit of one cache: what is limited, its value, the most there may be, and whether it lies beyond.

    A size below the least that may be chosen is beyond, too.
    """

    account_id: str
    region: str
    cache_id: str
    what: str
    value: Decimal
    least: int
    most: int
    beyond: bool


class Expiring(NamedTuple):
    """A cache that expires soon, with the instances that run from it now and those that started from it lately."""

    account_id: str
    region: str
    cache_id: str
    expires_at: datetime
    running: int
    started_lately: int


def near_limits(connection: Connection, *, at: datetime) -> list[NearLimit]:
    """The caches near a limit of one cache at a moment, those beyond it first."""
    rows = connection.execute(
        quota_sql("cache_limits"),
        {
            "at_s": epoch_s(at),
            "images": IMAGES.most,
            "tags": TAGS.most,
            "least_micro": MANUAL_SIZE_GIB.least * MICRO,
            "most_micro": MANUAL_SIZE_GIB.most * MICRO,
            "near_percent": NEAR_PERCENT,
        },
    ).fetchall()
    return [
        NearLimit(
            account_id,
            region,
            cache_id,
            what,
            from_micro(value) if what == MANUAL_SIZE_GIB.name else Decimal(value),
            LIMITS[what].least,
            LIMITS[what].most,
            beyond,
        )
        for account_id, region, cache_id, what, value, beyond in rows
    ]


def expiring(connection: Connection, *, at: datetime) -> list[Expiring]:
    """The caches that expire within a week of the moment though instances use them, the next one first."""
    rows = connection.execute(
        quota_sql("expiring_caches"),
        {"at_s": epoch_s(at), "until_s": epoch_s(at + AHEAD), "since_s": epoch_s(at - LATELY)},
    ).fetchall()
    return [
        Expiring(account_id, region, cache_id, instant(ends_s), running, lately)
        for account_id, region, cache_id, ends_s, running, lately in rows
    ]
