"""Which cache a workload starts from: one of the file's own where all its images are in it, else an automatic one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from billing.estimating.plan import Planned, Resource, identifier
from billing.estimating.question import Group, Option, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Instances alike that a file wants; `matches`: they ask for a matching cache; `cache`: they name one by its id or name."""

    address: str
    group: Group
    images: tuple[str, ...]
    matches: bool
    cache: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedCache:
    """A manual cache that a file wants, without users so far; `ids`: what workloads may call it."""

    address: str
    question: Question
    ids: frozenset[str]
    notes: tuple[str, ...] = ()


def planned(
    caches: Sequence[WantedCache], workloads: Sequence[Workload], blank: Question
) -> list[tuple[str, Planned, tuple[str, ...]]]:
    """Address, plan and notes of each cache with its users, and of each workload that uses none of them.

    Of several caches that hold all of a workload's images the smallest is taken, the later one of equals. `blank` is the
    question of a workload without a cache in the file.
    """
    users: dict[str, list[Workload]] = {cache.address: [] for cache in caches}
    alone: list[tuple[Workload, Option]] = []
    for workload in workloads:
        cache = _cache_of(workload, caches)
        if cache is not None:
            users[cache.address].append(workload)
        else:
            alone.append((workload, "automatic" if workload.matches else "no_cache"))
    found = [
        (
            cache.address,
            Planned(
                replace(cache.question, groups=tuple(user.group for user in users[cache.address])), "manual"
            ),
            (*cache.notes, *_used_by(users[cache.address])),
        )
        for cache in caches
    ]
    for workload, option in alone:
        question = replace(
            blank, name=identifier(workload.address), groups=(workload.group,), images=workload.images[:20]
        )
        found.append((workload.address, Planned(question, option), workload.notes))
    return found


def changes(
    before: list[tuple[str, Planned, tuple[str, ...]]], after: list[tuple[str, Planned, tuple[str, ...]]]
) -> tuple[Resource, ...]:
    """The resources by address, each with what it was and what it becomes; those that go come last."""
    old = {address: plan for address, plan, _ in before}
    new = {address for address, _, _ in after}
    kept = [
        Resource(address=address, before=old.get(address), after=plan, notes=notes)
        for address, plan, notes in after
    ]
    gone = [
        Resource(address=address, before=plan, after=None, notes=notes)
        for address, plan, notes in before
        if address not in new
    ]
    return (*kept, *gone)


def _cache_of(workload: Workload, caches: Sequence[WantedCache]) -> WantedCache | None:
    if workload.cache is not None:
        return next((cache for cache in caches if workload.cache in cache.ids), None)
    if not workload.matches or not workload.images:
        return None
    fitting = [cache for cache in caches if set(workload.images) <= set(cache.question.images)]
    return min(reversed(fitting), key=lambda cache: cache.question.size_gib, default=None)


def _used_by(users: Sequence[Workload]) -> tuple[str, ...]:
    names = [user.address for user in users]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    said = (f"used by {', '.join(names[:5])}{more}",) if names else ("nothing in the file uses it",)
    return (*said, *(f"{user.address}: {note}" for user in users for note in user.notes))
