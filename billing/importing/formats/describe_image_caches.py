"""DescribeImageCaches: caches. The answer has no time of becoming ready; it is looked for in the cache's own events.

No page lists these events. What has been seen: reason Started with "Successfully check image cache resource." right after the
request, "start to pull images", "Successfully pulled image …". So only an event that says that the cache, or a snapshot of it, is
made counts as the end of the build; where none does, the time stays unknown, and a status of Ready says only that the cache is.
"""

import json
import re
from collections.abc import Mapping, Sequence

from billing.importing.answers import AnswerFormat, BadAnswer, Values, text
from billing.importing.columns import CACHES
from billing.importing.documents import Json
from billing.importing.events import MOST_KEPT, Event, events_of, tags_of

READY = ("Ready", "Updating", "UpdateFailed")
"""Statuses of a cache that was ready at some time: only then can it be updated."""

MADE_REASONS = frozenset(
    {"ready", "imagecacheready", "completed", "imagecachecompleted", "succeeded", "success"}
)
MADE_MESSAGE = re.compile(
    r"\bsuccess\w*\s+(?:creat|complet|finish|produc|mak|made|buil)\w*\b.*\b(?P<what>image ?cache|snapshot)"
    r"|\b(?P<is>image ?cache|snapshot)\b.*\b(?:is|was|has been|are)\s+(?:ready|created|completed|finished)\b",
    re.IGNORECASE,
)


def cache_rows(record: Mapping[str, Json]) -> Sequence[Values]:
    """One row; `derived` names the times that were read from events."""
    events = events_of(record)
    status = text(record, "Status")
    instant = text(record, "FlashSnapshotId") is not None
    ready_at = _ready_at(events, instant=instant) if status in READY else None
    failed_at = _failed_at(events) if status == "Failed" else None
    created_at = text(record, "CreationTime")
    derived = [name for name, at in (("ready_at", ready_at), ("failed_at", failed_at)) if at]
    row = {
        "cache_id": text(record, "ImageCacheId"),
        "region": text(record, "RegionId"),
        "cache_name": text(record, "ImageCacheName"),
        "size_gib": text(record, "ImageCacheSize"),
        "instant": "true" if instant else None,
        "images": _images(record),
        "created_at": created_at,
        "ready_at": ready_at,
        "failed_at": failed_at,
        "expires_at": text(record, "ExpireDateTime"),
        "elimination_strategy": ""
        if record.get("EliminationStrategy") == ""
        else text(record, "EliminationStrategy"),
        "last_matched_at": text(record, "LastMatchedTime"),
        "tags": tags_of(record),
        "ready_observed": "true" if status in READY else None,
        "snapshot_id": text(record, "SnapshotId"),
        "flash_snapshot_id": text(record, "FlashSnapshotId"),
        "container_group_id": text(record, "ContainerGroupId"),
        "derived": ",".join(derived) or None,
    }
    return (row,)


def _ready_at(events: Sequence[Event], *, instant: bool) -> str | None:
    """The end of the first build, where its event is sure to be kept and says so.

    An instant cache has two snapshots, and either may be meant: there, only an event about the cache itself counts.
    """
    if len(events) >= MOST_KEPT:
        return None
    for event in events:
        if event.type == "Warning" or not event.first:
            continue
        if event.reason.lower() in MADE_REASONS:
            return event.first
        found = MADE_MESSAGE.search(event.message)
        if found and not (instant and (found["what"] or found["is"]).lower() == "snapshot"):
            return event.first
    return None


def _failed_at(events: Sequence[Event]) -> str | None:
    """The last warning of a failed build, else its last event."""
    warnings = [event for event in events if event.type == "Warning"]
    last = (warnings or list(events))[-1:]
    return last[0].last if last and last[0].last else None


def _images(record: Mapping[str, Json]) -> str | None:
    value = record.get("Images")
    if value is None or value == []:
        return None
    if not isinstance(value, list):
        raise BadAnswer("Images")
    return json.dumps(value, ensure_ascii=False)


FORMAT = AnswerFormat("DescribeImageCaches", ("ImageCaches",), CACHES, cache_rows, counts="ImageCacheId")
