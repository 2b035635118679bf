"""Charge declarations as SQL: the only place that knows how a declaration's columns are stored.

A declaration speaks of `size_gib` and `ready_at`; the journal stores `size_micro` (GiB x 1 000 000) and `ready_s` (whole
epoch seconds). Everything that is put into a statement here is an identifier of ours or an integer; what users
typed is bound by the meter.
"""

from collections.abc import Iterator, Sequence

from billing.metering.slices import Slice, whole_days
from billing.warehouse import sql_file
from rules.charges import CHARGES, Charge
from rules.charges.expression import Column, Constant, Excess, Expression, Known, Times, Value
from rules.period import DAY_S, HOUR_S
from rules.units import MICRO


def template(name: str) -> str:
    """The text of one of this package's SQL files."""
    return sql_file("billing.metering", name)


SLICES_APART = 4
"""Up to so many slices, the plain records of each are summed in a pass of their own: grouping by a column more costs more."""


def usage_patterns_sql(slices: Sequence[Slice], *, with_tags: bool, selected: bool) -> str:
    """The one pass over the instances; `selected` restricts it to the keys of the relation `selected_keys`."""
    fields = _fields(slices, selected=selected) | {"tags": "tags" if with_tags else "cast(null as varchar)"}
    branches = [template("plain_usage").format(**fields | part) for part in _plain_parts(slices, with_tags)]
    if len(slices) > 1:
        # Over the only edge there is one way.
        bounds = {"first_slice": "0", "last_slice": "1"} if len(slices) == 2 else {}
        branches.append(template("crossing").format(**fields | bounds))
    fields["first_slice"] = _slice_at("started_s >= {}", slices)
    fields["last_slice"] = _slice_at("until_s > {}", slices)
    branches.append(template("any_usage").format(**fields))
    known_in = {"first_slice": _slice_at("known_until_s >= {}", slices)}
    branches.append(template("estimated_usage").format(**fields | known_in))
    return "\nunion all\n".join(branches)


def sliced_usage_sql(slices: Sequence[Slice], *, selected: bool) -> str:
    """The seconds of each slice, without the numbers of instances."""
    return template("sliced_usage").format(
        **_fields(slices, selected=selected), at_slice=_slice_at("at_s >= {}", slices, inside=True)
    )


def _fields(slices: Sequence[Slice], *, selected: bool) -> dict[str, str]:
    """What the statements over plain instances are filled with: they lie inside the slices."""
    from_s, until_s = slices[0].from_s, slices[-1].until_s
    return {
        "from_s": str(from_s),
        "until_s": str(until_s),
        "plain": f"plain_from_s >= {from_s} and plain_until_s <= {until_s}",
        "selected": "and cache_key in (select cache_key from selected_keys)" if selected else "",
        "crosses": _crosses_sql(slices),
        "first_slice": _slice_at("started_s >= {}", slices, inside=True),
        "last_slice": _slice_at("until_s > {}", slices, inside=True),
    }


def _plain_parts(slices: Sequence[Slice], with_tags: bool) -> Iterator[dict[str, str]]:
    """The passes over plain records: one for each slice where they are few. Columns that are the same in every row are left
    out of the grouping."""
    keys = "1, 3" if with_tags else "1"
    if len(slices) > SLICES_APART:
        yield {"in_slice": "", "keys": f"{keys}, 4"}
        return
    for cut in slices:
        after = f"and started_s >= {cut.from_s} " if cut.index else ""
        before = f"and started_s < {cut.until_s}" if cut.index < len(slices) - 1 else ""
        yield {"in_slice": after + before, "first_slice": str(cut.index), "keys": keys}


def metered_on_instances(phases: Sequence[str]) -> bool:
    """Whether a charge of the phases is metered on instances."""
    return any(charge.record == "instance" for charge in CHARGES if charge.phase in phases)


def quantities_sql(phases: Sequence[str]) -> str:
    """All declarations of the phases as one query over current_caches, usage and slices."""
    return "\nunion all\n".join(
        _charge_sql(index, charge) for index, charge in enumerate(CHARGES) if charge.phase in phases
    )


def _slice_at(passed: str, slices: Sequence[Slice], *, inside: bool = False) -> str:
    """The index of a slice: how many edges between slices are passed, by a condition `COLUMN >= {}` or `COLUMN > {}`.

    Where there is an edge after every day, those are counted by one division; `inside`: the column is never outside the slices.
    """
    from_s, days = slices[0].from_s, whole_days(slices)
    edges = _further_edges(slices)
    found = [f"cast({passed.format(edge)} as integer)" for edge in edges]
    if days:
        column, comparison, _ = passed.split(" ")
        since_s = f"({column} - {from_s if comparison == '>=' else from_s + 1})"
        if not inside:
            since_s = f"least({days * DAY_S}, greatest(0, {since_s}))"
        found.insert(0, f"cast({since_s} // {DAY_S} as integer)")
    return " + ".join(found) or "0"


def _crosses_sql(slices: Sequence[Slice]) -> str:
    """Whether an instance that lies inside the slices runs over an edge between them."""
    found = [f"started_s < {edge} and until_s > {edge}" for edge in _further_edges(slices)]
    if whole_days(slices):
        found.insert(0, f"(started_s - {slices[0].from_s}) % {DAY_S} + (until_s - started_s) > {DAY_S}")
    return " or ".join(found) or "false"


def _further_edges(slices: Sequence[Slice]) -> list[int]:
    """The edges between slices that aren't whole days after the begin, where those are counted by a division."""
    days = {slices[0].from_s + day * DAY_S for day in range(1, whole_days(slices) + 1)}
    return [cut.from_s for cut in slices[1:] if cut.from_s not in days]


def _charge_sql(index: int, charge: Charge) -> str:
    applies = [f"c.creation_method = '{charge.creation_method}'"]
    if charge.requires is not None:
        applies.append(f"c.{charge.requires}")
    fields = {"charge": str(index), "held": held_sql(charge), "held_estimated": _held_estimated_sql(charge)}
    if charge.record == "instance":
        applies.append("i.seconds > 0")
        return template("instance_charge").format(**fields, applies=" and ".join(applies))
    units, estimated_units, overlaps = _units_sql(charge)
    return template("cache_charge").format(
        **fields, units=units, estimated_units=estimated_units, applies=" and ".join([*applies, *overlaps])
    )


def _units_sql(charge: Charge) -> tuple[str, str, list[str]]:
    """Units of time inside the slice, the unconfirmed part of them, and the conditions of overlapping it.

    Only a charge that runs to the cache's own end can have an unconfirmed part: every other end was recorded.
    """
    begin = _column_sql(charge.begin)
    if charge.time == "event":
        return "1", "0", [f"{begin} >= s.from_s", f"{begin} < s.until_s"]
    end = _column_sql(charge.end)
    overlaps = [f"{begin} < {end}", f"{begin} < s.until_s", f"{end} > s.from_s"]
    first, last = f"greatest({begin}, s.from_s)", f"least({end}, s.until_s)"
    known = "c.known_until_s"
    if charge.time == "started_hour":
        first, last = _hour_begun(first), _hours_started(last)
        # A clock hour is confirmed as a whole by any second of it; where nothing was observed after the begin, none is.
        known = f"case when {known} > {begin} then {_hours_started(known)} else 0 end"
    estimated = f"greatest(0, {last} - greatest({known}, {first}))" if charge.end == "until_at" else "0"
    return f"{last} - {first}", estimated, overlaps


def _hour_begun(instant_s: str) -> str:
    """The number of the clock hour that an instant lies in."""
    return f"({instant_s}) // {HOUR_S}"


def _hours_started(instant_s: str) -> str:
    """The number of clock hours begun before an instant."""
    return f"({instant_s} + {HOUR_S - 1}) // {HOUR_S}"


def _held_estimated_sql(charge: Charge) -> str:
    """Whether what is held, or since when, had to be estimated."""
    unknown = [f"{_column_sql(column)} is null" for column in charge.estimated_when]
    return " or ".join(unknown) or "false"


def held_sql(charge: Charge) -> str:
    """The held quantity as an integer expression, x 1 000 000; null where a dated value is not known."""
    sql, scaled = _expression_sql(charge.held)
    return sql if scaled else f"{sql} * {MICRO}"


def _expression_sql(node: Expression) -> tuple[str, bool]:
    """An expression as SQL, and whether its value is scaled by a million."""
    match node:
        case Constant(value):
            return str(value), False
        case Column(name):
            return _column_sql(name), not name.endswith("_copies")
        case Value(name):
            return f"s.{stored(name)}", True
        case Known(first, otherwise):
            return f"coalesce({_scaled_sql(first)}, {_scaled_sql(otherwise)})", True
        case Excess(of, over):
            # Not greatest(): where the dated value is not known the result must be unknown, too.
            rest = f"{_scaled_sql(of)} - {_scaled_sql(over)}"
            return f"case when {rest} < 0 then 0 else {rest} end", True
        case Times(left, right):
            (left_sql, left_scaled), (right_sql, right_scaled) = _expression_sql(left), _expression_sql(right)
            if left_scaled and right_scaled:
                raise TypeError("a held quantity multiplies a size by a count, not a size by a size")
            return f"{left_sql} * {right_sql}", left_scaled or right_scaled
    raise TypeError(f"no SQL for {node!r}")


def _scaled_sql(node: Expression) -> str:
    sql, scaled = _expression_sql(node)
    return sql if scaled else f"{sql} * {MICRO}"


def _column_sql(name: str) -> str:
    """A declaration's column as it is stored: of the cache (c), or of the instance's usage (i)."""
    owner, _, column = name.rpartition(".")
    on_cache = owner == "cache" or column not in {"extra_ephemeral_gib"}
    return f"{'c' if on_cache else 'i'}.{stored(column)}"


def stored(name: str) -> str:
    """The stored name of a column or dated value: seconds for instants, millionths for sizes."""
    for suffix, stored in (("_at", "_s"), ("_gib", "_micro")):
        if name.endswith(suffix):
            return name.removesuffix(suffix) + stored
    return name if name.endswith("_copies") else f"{name}_micro"
