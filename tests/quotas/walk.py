"""The oracle of quota counts: a slow walk through the rows' events, in plain Python, sharing no code with the program."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tests.oracle.records import Row, current
from tests.oracle.times import second

DAY = 86400

Subject = tuple[str, str, str]
"""Account, region and quota."""


class Place(NamedTuple):
    """A cache's place in its quota, [begin, end) in epoch seconds; None: for good."""

    subject: Subject
    cache_id: str
    begin: int
    end: int | None
    created: str
    matched: str
    lru: bool


def places(rows: Iterable[Row]) -> list[Place]:
    """The places of all caches that hold, of rows in the order of import."""
    return [_place(row) for row in current(rows, "cache_id")]


def count(held: Iterable[Place], at: int) -> dict[Subject, int]:
    """How many places are held at a second, by subject; those of which none is held are left out."""
    found: dict[Subject, int] = {}
    for place in held:
        if place.begin <= at and (place.end is None or at < place.end):
            found[place.subject] = found.get(place.subject, 0) + 1
    return found


def walk(held: Sequence[Place], begin: int, end: int) -> dict[Subject, list[tuple[int, int]]]:
    """By subject, the count at `begin` and after each second in (begin, end] in which it changes, one event after another."""
    events: dict[Subject, list[tuple[int, int]]] = {}
    for place in held:
        if place.end is not None and place.end <= place.begin:
            continue
        events.setdefault(place.subject, []).append((place.begin, 1))
        if place.end is not None:
            events[place.subject].append((place.end, -1))
    found = {}
    for subject, changes in events.items():
        steps = [(begin, 0)]
        for at, change in sorted(changes):
            if at > end:
                break
            now = steps[-1][1] + change
            if at <= begin:
                steps[0] = (begin, now)
            elif steps[-1][0] == at:
                steps[-1] = (at, now)
            else:
                steps.append((at, now))
        found[subject] = [
            step for index, step in enumerate(steps) if index == 0 or steps[index - 1][1] != step[1]
        ]
    return found


def evicted(held: Iterable[Place], subject: Subject, at: int) -> list[str]:
    """The caches that would be evicted, the next one first: by last match, else creation, then creation, then id."""
    candidates = [
        place
        for place in held
        if place.subject == subject
        and place.begin <= at
        and (place.end is None or at < place.end)
        and (place.lru or subject[2].startswith("automatic"))
    ]
    return [place.cache_id for place in sorted(candidates, key=_first_to_go)]


def _first_to_go(place: Place) -> tuple[int, int, str]:
    from tests.oracle.times import microsecond

    created = microsecond(place.created)
    return (microsecond(place.matched) if place.matched else created), created, place.cache_id


def _place(row: Row) -> Place:
    method = row.get("creation_method") or (
        "automatic" if row.get("cache_name", "").startswith("auto-create-for-") else "manual"
    )
    return Place(
        subject=(row["account_id"], row["region"], f"{method}_image_caches"),
        cache_id=row["cache_id"],
        begin=second(row["created_at"]),
        end=_end(row),
        created=row["created_at"],
        matched=row.get("last_matched_at", ""),
        lru=row.get("elimination_strategy", "") == "LRU",
    )


def _end(row: Row) -> int | None:
    """Deleted; else a failed build goes after its day; else what expires does, at the earliest when it was last seen."""
    if row.get("deleted_at"):
        return second(row["deleted_at"])
    if row.get("failed_at"):
        return second(row["failed_at"]) + DAY
    expires = None
    if row.get("expires_at"):
        expires = second(row["expires_at"])
    elif row.get("retention_days"):
        expires = second(row["created_at"]) + int(row["retention_days"]) * DAY
    return None if expires is None else max(expires, second(row["observed_at"]))
