"""What a reconciliation shows in a language: the bridge, the largest differences with their sentences, and what to do."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from billing.reconciling import CLASSES, Difference, Reconciliation
from billing.reconciling.reasons import Hours, Part, Reason, Span, Thing
from billing.reconciling.result import COMPARED
from reports.i18n import Formats, Words, name
from reports.reconciliation.waterfall import steps

FOLDER = Path(__file__).parent
"""Where the messages are."""

ROWS_NAMED = 10
"""Rows that are named of those that could not be read, or that contradict themselves; all are counted."""

LONGEST_PART = 60
"""Characters of the bill's own text in a sentence."""


def shown(found: Reconciliation, f: Formats, *, rows: int) -> Mapping[str, Any]:
    """The values of `parts.html`, with its words; of the differences the largest `rows`, the others are counted."""
    t = Words(f.language, FOLDER)
    listed = [each for each in found.differences if each.class_ in COMPARED]
    return {
        "found": found,
        "w": t,
        "steps": steps(found),
        "listed": [_difference(each, t, f) for each in listed[:rows]],
        "more": max(0, len(listed) - rows),
        "classes": [each for each in CLASSES if each != "matched" and found.count(each)],
        "broken": [(row, sentence(row.message, t, f)) for row in found.broken[:ROWS_NAMED]],
        "unread": sum(file.quarantined for file in found.files),
        "unread_rows": [
            (row, t("unread_" + row.code, column=row.column)) for row in found.quarantine[:ROWS_NAMED]
        ],
    }


def sentence(part: Part, t: Words, f: Formats) -> Markup:
    """A reason, or what fills one, in the language of the words; the bill's own text is harmless."""
    match part:
        case Hours("month"):
            return t("whole_month")
        case Hours(grain, number):
            return t.count("hours_" + grain, number, count=f.number(number))
        case Span():
            ends = part.ends
            if ends is None:
                return t("in_all")
            first, last = (Markup('<span class="nowrap">{}</span>').format(end) for end in ends)
            return first if first == last else t("first_to_last", first=first, last=last)
        case Thing(family):
            return t("thing_" + family)
        case Reason("nothing"):
            return Markup("")
        case Reason(id, filled):
            blanks = {key: sentence(value, t, f) for key, value in filled}
            return t("why_" + id, **blanks)
        case _:
            return name(str(part), LONGEST_PART)


def _difference(each: Difference, t: Words, f: Formats) -> Mapping[str, Any]:
    return {
        "class": each.class_,
        "amount": each.amount,
        "where": " · ".join(part for part in (each.account_id, each.region) if part) or "–",
        "ids": [part for part in (each.cache_id, each.instance_id) if part] or ["–"],
        "reason": sentence(each.reason, t, f),
    }
