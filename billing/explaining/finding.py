"""Finding what is to be explained: a line by its id, a cache or an instance by its name, in the months that have records."""

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

from billing.books.records import first_second
from billing.errors import UsageError
from billing.explaining.source import MonthSource, Sources
from billing.store import Reader
from rules.charges import CHARGES
from rules.period import Month, epoch_s

LINE_ID = re.compile(r"ln-[0-9a-f]{20}")
MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


class Key(NamedTuple):
    """A cache key with the names that it stands for; an instance's key may stand for no cache."""

    key: int
    account_id: str
    region: str
    cache_id: str | None


class FoundLine(NamedTuple):
    """The month, cache and charge of a line id."""

    source: MonthSource
    key: Key
    charge: str
    period_from: int


def candidates(sources: Sources, month: Month | None) -> Iterator[Month]:
    """The months that something may stand in, the latest first: the given one, or all from the first record until now."""
    if month is not None:
        yield month
        return
    first_s = first_second(sources.reader)
    now_s = epoch_s(sources.as_of)
    if first_s is None or first_s > now_s:
        return
    found, first = Month.containing(now_s), Month.containing(max(first_s, 0))
    while found >= first:
        yield found
        found = found.previous()


def find_line(sources: Sources, line_id: str, month: Month | None) -> FoundLine:
    """The line of an id: ids are digests, so those that a month could have are made until one fits."""
    keys = all_keys(sources.reader)
    for each in candidates(sources, month):
        source = sources.of(each)
        starts = [each.from_s, *source.tariff.changes(each.from_s, each.until_s)]
        for key in keys:
            if key.cache_id is None:
                continue
            of_cache = sha256("\x1f".join((key.account_id, key.region, key.cache_id, "")).encode())
            for charge in CHARGES:
                for start in starts:
                    made = of_cache.copy()
                    made.update(f"{charge.id}\x1f{start}".encode())
                    if made.hexdigest()[:20] == line_id[3:]:
                        return FoundLine(source, key, charge.id, start)
    where = "any month with records" if month is None else month.label
    raise UsageError(
        f"no cache can have the line {line_id} in {where}", hint="imcost charges --json names lines"
    )


def all_keys(reader: Reader) -> Sequence[Key]:
    """Every key that was ever given."""
    with reader.connection() as connection:
        rows = connection.execute("select cache_key, account_id, region, cache_id from cache_keys").fetchall()
    return [Key(*row) for row in rows]


def keys_of_cache(reader: Reader, cache_id: str, account: str | None, region: str | None) -> list[Key]:
    """The keys of a cache's name, in whatever account and region it stands."""
    with reader.connection() as connection:
        rows = connection.execute(
            "select cache_key, account_id, region, cache_id from cache_keys where cache_id = $id order by all",
            {"id": cache_id},
        ).fetchall()
    return _chosen([Key(*row) for row in rows], account, region)


def keys_of_instance(
    source: MonthSource, instance_id: str, account: str | None, region: str | None
) -> list[Key]:
    """The keys of the caches that an instance of this name was charged for in a month."""
    with source.reader.between(source.month.from_s, source.until_s) as connection:
        rows = connection.execute(
            """select k.cache_key, k.account_id, k.region, k.cache_id
            from cache_keys as k
            where k.cache_key in (
                select cache_key
                from instance_postings
                where instance_id = $id and started_s < $until_s and until_s > $from_s
                group by cache_key
                having sum(sign) > 0
            )
            order by all""",
            {"id": instance_id, "from_s": source.month.from_s, "until_s": source.until_s},
        ).fetchall()
    return _chosen([Key(*row) for row in rows], account, region)


def _chosen(keys: list[Key], account: str | None, region: str | None) -> list[Key]:
    return [key for key in keys if account in (None, key.account_id) and region in (None, key.region)]
