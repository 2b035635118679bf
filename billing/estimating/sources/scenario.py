"""Scenarios in TOML: caches, each with the groups of instances that use it, and how they grow over months.

Reading is strict: a key that is not known is refused, and so is what the provider does not offer.
"""

import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from billing.errors import UsageError
from billing.estimating.plan import Defaults, Plan, Planned, Resource
from billing.estimating.question import MONTH_S, Group, Option, Pull, Question
from billing.estimating.reading import MIB, Source, decoded, text
from billing.estimating.values import (
    MOST_INSTANCES,
    read_count,
    read_gib,
    read_instance,
    read_keep_s,
    read_seconds,
)
from rules.charges import PULL_SAMPLE
from rules.errors import PeriodError, suggestion
from rules.period import epoch_s, parse_date_or_instant

TOP = ("region", "at", "caches")
CACHE = (
    "name", "creation_method", "region", "size_gib", "snapshot_gib", "build_time", "keep", "instant", "standard_snapshot_after",
    "images", "pull_time", "image_size_gib", "instances",
)  # fmt: skip
INSTANCES = ("count", "run_time", "instance", "extra_ephemeral_gib", "start", "months", "growth")
METHODS: Mapping[str, Option] = {"manual": "manual", "automatic": "automatic", "none": "no_cache"}

MOST_MONTHS = 120


def read(content: bytes, place: str, defaults: Defaults) -> Plan:
    """The scenario's caches."""
    try:
        document = tomllib.loads(decoded(content, place), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"the file is no TOML: {error}", place=place, hint="check it there") from None
    except (RecursionError, ValueError):
        raise UsageError(
            "the file is no TOML that can be read",
            place=place,
            hint="it nests too deeply or has a number too long",
        ) from None
    _known(document, TOP, place)
    if document.get("region") is not None and not defaults.region_given:
        defaults = defaults._replace(region=_text(document, "region", place) or defaults.region)
    if (at := document.get("at")) is not None:
        defaults = defaults._replace(at_s=_instant_s(at, place))
    caches = _tables(document, "caches", place)
    resources = tuple(
        _resource(cache, number, place, defaults) for number, cache in enumerate(caches, start=1)
    )
    names = [resource.address for resource in resources]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(
                f"two caches are called {name!r}", place=place, hint="give each a name of its own"
            )
    return Plan(resources)


def _resource(cache: Mapping[str, Any], number: int, file: str, defaults: Defaults) -> Resource:
    name = text(cache.get("name")) or f"cache-{number}"
    place = f"{file}, [[caches]] {number}"
    _known(cache, CACHE, place)
    method = _text(cache, "creation_method", place) or "manual"
    if method not in METHODS:
        raise UsageError(f"creation_method = {method!r}", place=place, hint=suggestion(method, METHODS))
    instant = cache.get("instant", False)
    if not isinstance(instant, bool):
        raise UsageError(f"instant is {instant!r}", place=place, hint="write true or false")
    _refuse_for_automatic(method, cache, instant=instant, place=place)
    groups = [
        each for group in _tables(cache, "instances", place) for each in _groups(group, place, defaults)
    ]
    images = cache.get("images", [])
    if not isinstance(images, list) or not all(isinstance(image, str) for image in images):
        raise UsageError("images is no list of texts", place=place, hint='write images = ["busybox:1.36"]')
    snapshot, keep, after = (
        _text(cache, key, place) for key in ("snapshot_gib", "keep", "standard_snapshot_after")
    )
    size, build = _text(cache, "size_gib", place), _text(cache, "build_time", place)
    months = max((group.start_s // MONTH_S + 1 for group in groups), default=1)
    question = Question(
        name=name,
        region=_text(cache, "region", place) or defaults.region,
        at_s=defaults.at_s,
        size_gib=defaults.size_gib if size is None else read_gib(size, place),
        snapshot_gib=defaults.snapshot_gib if snapshot is None else read_gib(snapshot, place),
        build_s=defaults.build_s if build is None else read_seconds(build, place),
        keep_s=defaults.keep_s if keep is None else read_keep_s(keep, place),
        groups=tuple(groups),
        pull=_pull(cache, place) or defaults.pull,
        instant=instant,
        standard_snapshot_s=None if after is None else read_seconds(after, place),
        images=tuple(images),
        counted_months=months,
        place=place,
    )
    return Resource(address=name, before=None, after=Planned(question, METHODS[method]))


def _groups(group: Mapping[str, Any], place: str, defaults: Defaults) -> Iterator[Group]:
    """The instances of a table: one group, or one for each month, grown from the month before and rounded half up."""
    place = f"{place}, [[caches.instances]]"
    _known(group, INSTANCES, place)
    count, run, spec, extra, start, months_said, growth_said = (_text(group, key, place) for key in INSTANCES)
    months = 1 if months_said is None else read_count(months_said, place, most=MOST_MONTHS)
    if growth_said is not None and months < 2:
        raise UsageError("growth needs months", place=place, hint="say over how many: months = 6")
    growth = Fraction(0) if growth_said is None else _growth(growth_said, place)
    vcpu, memory_gib = (defaults.vcpu, defaults.memory_gib) if spec is None else read_instance(spec, place)
    first = (defaults.instances or 1) if count is None else read_count(count, place)
    for month in range(months):
        grown = int(first * (1 + growth) ** month + Fraction(1, 2))
        if grown > MOST_INSTANCES:
            raise UsageError(
                f"growth leads to {grown:.3e} instances", place=place, hint="choose a smaller growth"
            )
        yield Group(
            count=grown,
            run_s=(defaults.run_s or 3600) if run is None else read_seconds(run, place),
            vcpu=vcpu,
            memory_gib=memory_gib,
            extra_ephemeral_gib=defaults.extra_ephemeral_gib if extra is None else read_gib(extra, place),
            start_s=(0 if start is None else read_seconds(start, place)) + month * MONTH_S,
        )


def _growth(said: str, place: str) -> Fraction:
    """A share such as 10% or 0.1, from -100% to 1000%."""
    try:
        number = Fraction(said.removesuffix("%").strip()) / (100 if said.endswith("%") else 1)
    except (ValueError, ZeroDivisionError):
        number = Fraction(1000)
    if not -1 <= number <= 10 or len(said) > 20:
        raise UsageError(f"growth = {said!r}", place=place, hint='write a share of each month, such as "10%"')
    return number


def _refuse_for_automatic(method: str, cache: Mapping[str, Any], *, instant: bool, place: str) -> None:
    """What automatic creation does not offer."""
    if method == "manual":
        return
    what = "an automatic cache" if method == "automatic" else "no cache"
    if instant:
        raise UsageError(
            f"{what} can't be instant", place=place, hint='leave it out, or say creation_method = "manual"'
        )
    if cache.get("keep") is not None:
        raise UsageError(f"{what} has no retention", place=place, hint="leave keep out, or make it manual")


def _pull(cache: Mapping[str, Any], place: str) -> Pull | None:
    seconds, size = _text(cache, "pull_time", place), _text(cache, "image_size_gib", place)
    if seconds is not None:
        return Pull(seconds=read_seconds(seconds, place), estimated=False)
    if size is not None:
        return Pull(seconds=PULL_SAMPLE.seconds_for(read_gib(size, place)), estimated=True)
    return None


def _instant_s(said: object, place: str) -> int:
    written = said if isinstance(said, str) else getattr(said, "isoformat", str)()
    try:
        return epoch_s(parse_date_or_instant(str(written)))
    except PeriodError as error:
        raise UsageError(f"at: {error.message}", place=place, hint=error.hint) from None


def _text(table: Mapping[str, Any], key: str, place: str) -> str | None:
    """A value as it would be written; None where it is absent."""
    if (value := table.get(key)) is None:
        return None
    if (said := text(value)) is None:
        raise UsageError(f"{key} is {str(value)[:40]!r}", place=place, hint="write a number or a text")
    return said


def _tables(table: Mapping[str, Any], key: str, place: str) -> list[Mapping[str, Any]]:
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise UsageError(f"{key} is no list of tables", place=place, hint=f"write it below [[{key}]]")
    return found


def _known(table: Mapping[str, Any], keys: tuple[str, ...], place: str) -> None:
    for key in table:
        if key not in keys:
            raise UsageError(f"unknown key {key!r}", place=place, hint=suggestion(key, keys))


SOURCE = Source(endings=(".toml",), most_bytes=MIB, hint="write a [[caches]] table for each cache", read=read)
