"""Which kind of record a file holds, told by its columns; refuses columns that no kind has, and kinds that lack one."""

from collections.abc import Collection, Sequence

from billing.importing.columns import KINDS, RecordKind
from billing.importing.refusal import InputRefused
from rules.errors import suggestion

MOST_NAMED = 5
"""Columns that a message names; the rest is counted."""


def kind_of(names: Sequence[str], *, filled: Collection[str], place: str) -> RecordKind:
    """The kind of record that has these columns; `filled` are the columns that options supply.

    Refuses duplicated and unnamed columns, unknown ones with the nearest known name, and missing required ones.
    """
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InputRefused(
            f"column {_listed(repeated)} appears more than once", place=place, hint="keep one of each"
        )
    kind = _nearest_kind(names)
    if kind is None:
        marks = ", ".join(each.mark for each in KINDS)
        raise InputRefused(
            f"no known kind of usage record has the columns {_listed(names)}",
            place=place,
            hint=f"the first row must name the columns, {marks} among them",
        )
    unknown = [name for name in names if name not in kind.by_name]
    if unknown:
        raise InputRefused(
            f"unknown column {_listed(unknown)}", place=place, hint=_suggestion(unknown, names, kind)
        )
    missing = [each.name for each in kind.columns if each.required and each.name not in {*names, *filled}]
    if missing:
        options = [each.option for each in kind.columns if each.name in missing and each.option]
        hint = f"add the column{'s' if len(missing) > 1 else ''}"
        if len(options) == len(missing):
            hint += f", or give {' and '.join(options)}"
        raise InputRefused(f"{kind.name} need the column {_listed(missing)}", place=place, hint=hint)
    return kind


def _nearest_kind(names: Sequence[str]) -> RecordKind | None:
    """The kind whose mark is there, else the one that shares the most columns, two at least."""
    for kind in KINDS:
        if kind.mark in names:
            return kind
    shared = {kind.name: len(set(names) & set(kind.by_name)) for kind in KINDS}
    best = max(KINDS, key=lambda kind: shared[kind.name])
    return best if shared[best.name] >= 2 else None


def _suggestion(unknown: Sequence[str], names: Sequence[str], kind: RecordKind) -> str:
    """The known column that each unknown one is nearest to, else all that there are."""
    free = [name for name in kind.by_name if name not in names]
    if len(unknown) == 1:
        return suggestion(unknown[0], free)
    return "; ".join(f"{name[:60]!r}: {suggestion(name, free)}" for name in unknown[:2])


def _listed(names: Sequence[str]) -> str:
    """The first names, quoted, and how many more there are."""
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(repr(name[:60]) for name in names[:MOST_NAMED]) + more
