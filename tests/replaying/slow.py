"""A second simulator, hour by hour and without any cleverness; it shares no code with the program.

Everything happens at full hours of a small world, so looking at each hour in turn sees everything. Within an hour caches end
first, then recorded creations take place, then instances start; those of one kind by the caches' names.
"""

from dataclasses import dataclass, field

HOUR, DAY = 3600, 86400


@dataclass
class Wish:
    """One cache that is asked for; all times are seconds that are full hours."""

    name: str
    automatic: bool
    starts: list[int]
    created: int | None = None
    exists: bool = False
    build: int = 0
    days: int | None = None
    lru: bool = False
    used: int | None = None
    recorded: bool = False
    ends: int | None = None


@dataclass
class Story:
    """What became of it."""

    holds: bool
    lives: list[tuple[int, int | None]] = field(default_factory=list)
    missed: list[int] = field(default_factory=list)
    hits: int = 0
    evicted: int = 0
    refused: int = 0


@dataclass
class Alive:
    """A cache that is there: since when, ready from when, last used when."""

    since: int
    ready: int
    used: int | None


def tell(wishes: list[Wish], limit: int | None, begin: int, until: int) -> dict[str, Story]:
    """The story of every cache in [begin, until)."""
    stories = {wish.name: Story(holds=wish.recorded) for wish in wishes}
    alive: dict[str, Alive] = {}
    for wish in wishes:
        if wish.exists:
            assert wish.created is not None
            alive[wish.name] = Alive(wish.created, wish.created + wish.build, wish.used)
    by_name = sorted(wishes, key=lambda wish: wish.name)
    for hour in range(begin, until, HOUR):
        for wish in by_name:
            there = alive.get(wish.name)
            if there is not None and _over(wish, stories[wish.name], there, hour, begin):
                stories[wish.name].lives.append((there.since, hour))
                del alive[wish.name]
        for wish in by_name:
            never_there = not stories[wish.name].lives and wish.name not in alive
            if wish.created == hour and not wish.exists and never_there:
                _make(wish, by_name, alive, stories, limit, hour)
        for wish in by_name:
            if instances := wish.starts.count(hour):
                _start(wish, instances, by_name, alive, stories, limit, hour)
    for name, there in alive.items():
        stories[name].lives.append((there.since, None))
    return stories


def _over(wish: Wish, story: Story, there: Alive, hour: int, begin: int) -> bool:
    if story.holds:
        return wish.ends is not None and hour >= wish.ends
    if wish.ends is not None and there.since < wish.ends <= hour:
        return True
    if wish.automatic:
        length, counted = (7 * DAY, there.since) if there.used is None else (30 * DAY, there.used)
    elif wish.days is None:
        return False
    else:
        length, counted = wish.days * DAY, there.since
    if counted + length <= begin:
        counted = begin
    return hour >= counted + length


def _start(
    wish: Wish,
    instances: int,
    by_name: list[Wish],
    alive: dict[str, Alive],
    stories: dict[str, Story],
    limit: int | None,
    hour: int,
) -> None:
    story, there = stories[wish.name], alive.get(wish.name)
    if story.holds or (there is not None and hour >= there.ready):
        story.hits += instances
        if there is not None:
            there.used = hour
        return
    story.missed += [hour] * instances
    if there is None:
        _make(wish, by_name, alive, stories, limit, hour)


def _make(
    wish: Wish,
    by_name: list[Wish],
    alive: dict[str, Alive],
    stories: dict[str, Story],
    limit: int | None,
    hour: int,
) -> None:
    if limit is not None and len(alive) >= limit:
        going = [other for other in by_name if other.name in alive and (other.automatic or other.lru)]
        going.sort(key=lambda other: (_rank(alive[other.name]), alive[other.name].since, other.name))
        needed = len(alive) - limit + 1
        if len(going) < needed:
            stories[wish.name].refused += 1
            stories[wish.name].holds = False
            return
        for other in going[:needed]:
            stories[other.name].lives.append((alive[other.name].since, hour))
            stories[other.name].evicted += 1
            stories[other.name].holds = False
            del alive[other.name]
    alive[wish.name] = Alive(hour, hour + wish.build, None)


def _rank(there: Alive) -> int:
    return there.since if there.used is None else there.used
