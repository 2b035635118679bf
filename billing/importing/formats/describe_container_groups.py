"""DescribeContainerGroups: instances. Their cache, the start of pulling and the end of charging stand in their events.

ImageCacheAutoCreated only says that a build began: it is no use of a cache. An instance is metered from the start of image
pulling until it has succeeded or failed, and StopCharge marks the end (billing model, section 2).
"""

import re
from collections.abc import Mapping, Sequence

from billing.importing.answers import AnswerFormat, Values, text
from billing.importing.columns import INSTANCES
from billing.importing.documents import Json
from billing.importing.events import Event, events_of, tags_of

CACHE_ID = re.compile(r"\bimc-[0-9A-Za-z_*-]+")
ENDS = {"Succeeded": "SucceededTime", "Failed": "FailedTime", "Expired": "ExpiredTime"}
"""Statuses of an ended instance, with the field that has the instant."""

RUNNING = ("Pending", "Running", "Scheduling", "Restarting", "Updating")
"""Statuses in which an instance has not ended, whatever instants its fields carry."""

NEVER_STARTED = "ScheduleFailed"


def instance_rows(record: Mapping[str, Json]) -> Sequence[Values]:
    """One row; `derived` names what is not known but follows: the start, where no event of pulling is kept."""
    events = events_of(record)
    pulled = min((event.first for event in events if event.reason == "Pulling" and event.first), default=None)
    started_at = pulled or text(record, "CreationTime")
    derived = [] if pulled else ["started_at"]
    ended_at = _ended_at(record, events)
    if text(record, "Status") == NEVER_STARTED and pulled is None and ended_at is None:
        # It never ran, and what never ran is free: a record without a length.
        ended_at = started_at
        derived.append("ended_at")
    row = {
        "instance_id": text(record, "ContainerGroupId"),
        "region": text(record, "RegionId"),
        "cache_id": _cache_id(events),
        "vcpu": text(record, "Cpu"),
        "memory_gib": text(record, "Memory"),
        "extra_ephemeral_gib": text(record, "EphemeralStorage"),
        "started_at": started_at,
        "ended_at": ended_at,
        "tags": tags_of(record),
        "derived": ",".join(derived) or None,
    }
    return (row,)


def _cache_id(events: Sequence[Event]) -> str | None:
    """The cache that the last hit names."""
    hits = [
        found
        for event in events
        if event.reason == "SuccessfulHitImageCache" and (found := CACHE_ID.search(event.message))
    ]
    return hits[-1].group() if hits else None


def _ended_at(record: Mapping[str, Json], events: Sequence[Event]) -> str | None:
    """When charging stopped: the event says so, else the instant that belongs to the status."""
    stops = [event.first for event in events if event.reason == "StopCharge" and event.first]
    if stops:
        return stops[-1]
    status = text(record, "Status")
    if status in ENDS:
        return text(record, ENDS[status])
    if status in RUNNING:
        return None
    return next((at for name in ENDS.values() if (at := text(record, name))), None)


FORMAT = AnswerFormat(
    "DescribeContainerGroups", ("ContainerGroups",), INSTANCES, instance_rows, counts="ContainerGroupId"
)
