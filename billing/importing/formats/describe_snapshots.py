"""DescribeSnapshots (ECS): which snapshots exist. It confirms that a known cache's snapshot is complete, and nothing else.

SourceDiskSize is the disk's capacity, not what the snapshot stores: it never becomes snapshot_gib. Nor do the times of a
snapshot become those of a cache: CreationTime is when it was begun, and LastModifiedTime may be any later change.
"""

from collections.abc import Mapping, Sequence

from billing.importing.answers import AnswerFormat, Values, text
from billing.importing.columns import SNAPSHOTS
from billing.importing.documents import Json


def snapshot_rows(record: Mapping[str, Json]) -> Sequence[Values]:
    """One row: the snapshot, where it lies, and how far it is."""
    row = {
        "snapshot_id": text(record, "SnapshotId"),
        "region": text(record, "RegionId"),
        "status": text(record, "Status"),
    }
    return (row,)


FORMAT = AnswerFormat("DescribeSnapshots", ("Snapshots", "Snapshot"), SNAPSHOTS, snapshot_rows, needs=())
