"""Events of instances and image caches, as the provider keeps them: the 50 most recent of each."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from billing.importing.answers import objects, text
from billing.importing.documents import Json

MOST_KEPT = 50
"""So many events are kept (billing model, section 1): where there are as many, earlier ones may be gone."""


class Event(NamedTuple):
    """One event; `first` and `last` are the instants of its first and last occurrence, as delivered ("" where absent)."""

    reason: str
    message: str
    type: str
    first: str
    last: str


def events_of(record: Mapping[str, Json]) -> Sequence[Event]:
    """A record's events by their last occurrence, oldest first; of the same instant in the order of the answer."""
    found = [
        Event(
            text(each, "Reason") or "",
            text(each, "Message") or "",
            text(each, "Type") or "",
            text(each, "FirstTimestamp") or text(each, "LastTimestamp") or "",
            text(each, "LastTimestamp") or text(each, "FirstTimestamp") or "",
        )
        for each in objects(record, "Events") or ()
    ]
    return sorted(found, key=lambda event: event.last)


def tags_of(record: Mapping[str, Json]) -> str | None:
    """A record's tags as a JSON object of strings; None where the answer carries none."""
    import json

    tags = objects(record, "Tags")
    if tags is None:
        return None
    return json.dumps({text(tag, "Key") or "": text(tag, "Value") or "" for tag in tags}, ensure_ascii=False)
