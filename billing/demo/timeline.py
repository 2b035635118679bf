"""What happened at the made-up company: caches by release, instances by day.

Every release and every day is drawn from a seed of its own, so it comes out the same whichever month is asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from billing.demo.workloads import HOUR_WEIGHTS, WEEKEND_PERCENT, Workload
from rules.period import Day, Month

HOUR_S, DAY_S, MINUTE_S = 3600, 24 * 3600, 60
OFFSET_S = 8 * HOUR_S
IDLE_S = 9 * DAY_S
"""How long an automatic cache is still there after its successor came."""

CLEAN_UPS = (1, 6)
"""The months on whose first day somebody deletes what nobody had deleted: every January and June."""
SPARED_S = 11 * DAY_S
"""A clean-up spares what is younger than this."""

ID_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
REGION_MARKS = {"cn-hangzhou": "bp1", "cn-shanghai": "uf6"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """One image cache as it really was; times are epoch seconds, `ended_s` may lie in the future.

    succeeded_s: when the next version came.
    """

    workload: Workload
    cache_id: str
    name: str
    version: int
    created_s: int
    ready_s: int | None
    failed_s: int | None
    standard_snapshot_s: int | None
    succeeded_s: int
    ended_s: int
    snapshot_centi_gib: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One run of a workload; `cache_id` None where it pulled its image."""

    workload: Workload
    instance_id: str
    cache_id: str | None
    started_s: int
    ended_s: int


def identifier(kind: str, region: str, draw: Random) -> str:
    """An id as the provider writes them: imc-bp1…, eci-uf6…"""
    return f"{kind}-{REGION_MARKS[region]}" + "".join(draw.choices(ID_LETTERS, k=17))


def releases(workload: Workload, from_s: int, until_s: int) -> Iterator[int]:
    """The numbers of the versions that came out in [from_s, until_s)."""
    step_s = workload.release_days * DAY_S
    for number in range(from_s // step_s - 1, until_s // step_s + 2):
        if from_s <= _released_s(workload, number) < until_s:
            yield number


def caches(workload: Workload, number: int) -> tuple[Cache, ...]:
    """The caches that a version led to: one, or a build that failed and the one that came after it."""
    failed = _failed_build(workload, number)
    return (_cache(workload, number),) if failed is None else (failed, _cache(workload, number))


def instances(workload: Workload, day: Day) -> Iterator[Instance]:
    """The runs that began on a day, in the order of their starts."""
    draw = _draw(workload, "day", day.label)
    weekday = (day.from_s + OFFSET_S) // DAY_S % 7
    weekend = weekday in (2, 3)  # the epoch began on a Thursday
    percent = (WEEKEND_PERCENT[workload.rhythm] if weekend else 100) * _trend_percent(day) // 100
    count = (workload.starts * percent + draw.randrange(100)) // 100
    hours = draw.choices(range(24), weights=HOUR_WEIGHTS[workload.rhythm], k=count)
    for started_s in sorted(day.from_s + hour * HOUR_S + draw.randrange(HOUR_S) for hour in hours):
        run_s = draw.randrange(workload.run_min[0] * MINUTE_S, workload.run_min[1] * MINUTE_S)
        found = _cache_at(workload, started_s)
        yield Instance(
            workload=workload,
            instance_id=identifier("eci", workload.region, draw),
            cache_id=_named(workload, found, draw),
            started_s=started_s,
            ended_s=started_s + run_s,
        )


def _named(workload: Workload, found: Cache | None, draw: Random) -> str | None:
    """The cache that an instance names: the newest; sometimes none, and very seldom one that nobody has described."""
    fate = draw.randrange(500)
    if found is None or fate < 8:
        return None
    return identifier("imc", workload.region, draw) if fate == 499 else found.cache_id


def _trend_percent(day: Day) -> int:
    """Business grows by a fifth over a year, and then starts over with cheaper software."""
    return 90 + (day.from_s + OFFSET_S) // DAY_S % 365 * 20 // 365


def _cache_at(workload: Workload, at_s: int) -> Cache | None:
    """The newest cache that an instance can be made from at a moment."""
    numbers = list(releases(workload, at_s - 3 * workload.release_days * DAY_S, at_s))
    for number in reversed(numbers):
        found = _cache(workload, number)
        if found.ready_s is not None and found.ready_s <= at_s < found.ended_s:
            return found
    return None


@cache
def _released_s(workload: Workload, number: int) -> int:
    """When a version came out: in the office's hours of a day that is drawn."""
    draw = _draw(workload, "release", number)
    day = number * workload.release_days + draw.randrange(max(1, workload.release_days // 2))
    return day * DAY_S - OFFSET_S + draw.randrange(9 * HOUR_S, 19 * HOUR_S)


@cache
def _created_s(workload: Workload, number: int) -> int:
    """When the build that came to an end began: with the version, or some time after one that failed."""
    failed = _failed_build(workload, number) is not None
    later_s = _draw(workload, "retry", number).randrange(40 * MINUTE_S, 3 * HOUR_S) if failed else 0
    return _released_s(workload, number) + later_s


@cache
def _cache(workload: Workload, number: int) -> Cache:
    """The cache of a version that came to be ready."""
    draw = _draw(workload, "cache", number)
    created_s = _created_s(workload, number)
    ready_s = created_s + draw.randrange(60, 120) + workload.size_gib * draw.randrange(4, 11)
    standard_s = ready_s + workload.size_gib * draw.randrange(10, 30) if workload.instant else None
    snapshot = workload.size_gib * (workload.snapshot_percent + draw.randrange(-3, 4))
    cache_id = identifier("imc", workload.region, draw)
    name = f"{workload.name}-{workload.env}-v{number % 1000}"
    if workload.automatic:
        name = f"auto-create-for-{identifier('eci', workload.region, draw)}"
    return Cache(
        workload=workload,
        cache_id=cache_id,
        name=name,
        version=number % 1000,
        created_s=created_s,
        ready_s=ready_s,
        failed_s=None,
        standard_snapshot_s=None if draw.randrange(8) == 0 else standard_s,
        succeeded_s=_released_s(workload, number + 1),
        ended_s=_ended_s(workload, number),
        snapshot_centi_gib=None if workload.automatic or draw.randrange(7) == 0 else snapshot,
    )


@cache
def _failed_build(workload: Workload, number: int) -> Cache | None:
    """The build of a version that failed, which every ninth one or so does."""
    draw = _draw(workload, "failure", number)
    if workload.automatic or draw.randrange(9):
        return None
    created_s = _released_s(workload, number)
    return Cache(
        workload=workload,
        cache_id=identifier("imc", workload.region, draw),
        name=f"{workload.name}-{workload.env}-v{number % 1000}-broken",
        version=number % 1000,
        created_s=created_s,
        ready_s=None,
        failed_s=created_s + draw.randrange(90, 900),
        standard_snapshot_s=None,
        succeeded_s=_released_s(workload, number + 1),
        ended_s=created_s + DAY_S + 900,
        snapshot_centi_gib=None,
    )


def _ended_s(workload: Workload, number: int) -> int:
    """When a cache went: by its retention, by itself when unused, by hand after two newer ones, or in a clean-up."""
    if workload.keep_days is not None:
        return _created_s(workload, number) + workload.keep_days * DAY_S
    if workload.automatic:
        return _released_s(workload, number + 1) + IDLE_S
    if workload.tidy:
        return _released_s(workload, number + 2) + 2 * HOUR_S
    return _clean_up_s(_created_s(workload, number) + SPARED_S) + number % 60 * MINUTE_S


def _clean_up_s(from_s: int) -> int:
    """Ten o'clock on the day of the first clean-up at or after a moment."""
    month = Month.containing(from_s).next()
    while int(month.label[-2:]) not in CLEAN_UPS:
        month = month.next()
    return month.from_s + 10 * HOUR_S


def _draw(workload: Workload, what: str, which: int | str) -> Random:
    """The dice for one thing: its name is the seed, so nothing else that is drawn changes it."""
    return Random(f"{workload.account}/{workload.name}/{workload.env}/{what}/{which}")
