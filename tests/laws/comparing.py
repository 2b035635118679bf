"""Compares the program's bill with the oracle's, value by value, and says in words what differs."""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from billing.bill import Bill, Line
from tests.oracle.bill import ORDER, LineKey, unit
from tests.oracle.bill import Bill as Expected
from tests.oracle.records import Key


def assert_agree(found: Bill, expected: Expected) -> None:
    """Fail with every difference between the two bills."""
    differences = [*_of_lines(found, expected), *_of_unrated(found, expected), *_of_counts(found, expected)]
    assert not differences, "\n".join(differences)


def line_key(line: Line) -> LineKey:
    """The oracle's name of a line of the program."""
    return LineKey(Key(line.account_id, line.region, line.cache_id), line.charge, line.period_from)


def _of_lines(found: Bill, expected: Expected) -> Iterator[str]:
    lines = {line_key(line): line for line in found.lines}
    if len(lines) != len(found.lines):
        yield "two lines of one cache, charge and rate period"
    if list(lines) != sorted(lines, key=lambda key: (key.cache, ORDER.index(key.charge), key.period_from)):
        yield f"lines out of order: {list(lines)}"
    for key in sorted(lines.keys() | expected.lines.keys()):
        line, wanted = lines.get(key), expected.lines.get(key)
        if line is None or wanted is None:
            yield f"{key}: {line} is not {wanted}"
            continue
        values = {
            "quantity": (Fraction(line.quantity), wanted.quantity),
            "estimated quantity": (Fraction(line.estimated_quantity), wanted.estimated_quantity),
            "amount": (Fraction(line.amount), wanted.amount),
            "estimated": (line.estimated, wanted.estimated),
            "unit": (line.unit, unit(key.charge)),
            "free": (line.free, key.charge == "creation.automatic"),
            "phase": (line.phase, key.charge.split(".")[0]),
            "creation method": (line.creation_method, method(key.charge)),
        }
        yield from (
            f"{key}: {name} {one} is not {other}" for name, (one, other) in values.items() if one != other
        )


def method(charge: str) -> str:
    """Which kind of cache a charge is for."""
    return "automatic" if charge in ("creation.automatic", "usage.ephemeral_storage") else "manual"


def _of_unrated(found: Bill, expected: Expected) -> Iterator[str]:
    unrated: dict[tuple[Key, str], Fraction] = defaultdict(Fraction)
    for item in found.unrated:
        unrated[Key(item.account_id, item.region, item.cache_id), item.charge] += Fraction(item.quantity)
        if not item.reason.startswith(("no rate ", "no value ")):
            yield f"{item}: no reason"
    for name in sorted(unrated.keys() | expected.unrated.keys()):
        if unrated.get(name) != expected.unrated.get(name):
            yield f"{name}: unrated {unrated.get(name)} is not {expected.unrated.get(name)}"


def _of_counts(found: Bill, expected: Expected) -> Iterator[str]:
    counts = (
        ("caches", found.records.caches, expected.caches),
        ("instances", found.records.instances, expected.instances),
    )
    for kind, counted, wanted in counts:
        if {outcome: count for outcome, count in counted.items() if count} != dict(wanted):
            yield f"{kind}: counted {dict(counted)}, not {dict(wanted)}"
    if Fraction(found.total) != expected.total:
        yield f"total {found.total} is not {expected.total}"
    if Fraction(found.estimated_total) != expected.estimated_total:
        yield f"estimated total {found.estimated_total} is not {expected.estimated_total}"
    unknown = {
        Key(n.account_id, n.region, n.cache_id): n.count for n in found.notices if n.code == "unknown_cache"
    }
    if unknown != dict(expected.unknown_caches):
        yield f"unknown caches {unknown}, not {dict(expected.unknown_caches)}"
    unmetered = {
        Key(n.account_id, n.region, n.cache_id) for n in found.notices if n.code == "unmetered_build"
    }
    if unmetered != expected.unmetered_caches:
        yield f"unmetered builds {unmetered}, not {expected.unmetered_caches}"
