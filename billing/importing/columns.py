"""The columns of usage records, declared once: what a file may hold, of which type, within which bounds.

Everything that reads, checks or documents an input column asks here. Sizes are GiB with at most six decimals; times are
RFC 3339 with an offset; `stored` says under which name and scale the value goes to the store.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["text", "choice", "decimal", "integer", "boolean", "time", "images", "tags"]

MOST_DECIMALS = 6
"""Sizes are exact to this many decimals: the store keeps them as integers of a millionth."""

MOST_IMAGES = 20
MOST_TAGS = 20
"""Limits of the provider (billing model, section 1)."""

EARLIEST = "2000-01-01T00:00:00Z"
LATEST = "9998-12-31T23:59:59Z"
"""Between these every time must lie: nothing was metered before, and what is later can't be shown in the billing zone."""


@dataclass(frozen=True, slots=True)
class InputColumn:
    """One column of a usage record as users deliver it.

    `low` and `high` are inclusive bounds as plain decimals (None: no bound); `above` is an exclusive lower bound. A
    required column must have a value in every row; an optional one may be empty or absent and then counts as `default`
    (None: not known). `option` names the command-line option that fills it where it is absent or empty. `rounded`:
    nothing is charged on the value, so one with more decimals than the store keeps is rounded and not refused (a GiB made
    of MiB has ten).
    """

    name: str
    type: ColumnType
    doc: str
    required: bool = False
    default: str | None = None
    low: str | None = None
    above: str | None = None
    high: str | None = None
    choices: tuple[str, ...] = ()
    option: str | None = None
    rounded: bool = False

    @property
    def stored(self) -> str:
        """The column's name in the store: sizes are kept as integers of a millionth."""
        if self.type != "decimal":
            return self.name
        return self.name.removesuffix("_gib") + "_micro"


@dataclass(frozen=True, slots=True)
class AfterRule:
    """`later` may not lie before `earlier` where both are known; equal instants are fine."""

    later: str
    earlier: str


@dataclass(frozen=True, slots=True)
class RecordKind:
    """One kind of usage record: its columns, which of them tells the kind, and what must hold between them.

    `exclusive` are pairs of columns that can't both be known.
    """

    name: str
    mark: str
    columns: tuple[InputColumn, ...]
    after: tuple[AfterRule, ...] = ()
    exclusive: tuple[tuple[str, str], ...] = ()

    @property
    def by_name(self) -> Mapping[str, InputColumn]:
        """The columns by their names."""
        return {column.name: column for column in self.columns}


_MOST_GIB = "32768"
_BEYOND_REASON = "999999"
"""Sizes without a documented limit: what is larger was meant in another unit."""

_ACCOUNT = InputColumn("account_id", "text", "the account that is charged", required=True, option="--account")
_REGION = InputColumn("region", "text", "the region that it runs in", required=True, option="--region")
_TAGS = InputColumn("tags", "tags", "a JSON object of strings")
_OBSERVED = InputColumn("observed_at", "time", "when this was true at the source", option="--observed-at")
_RETRACTED = InputColumn("retracted", "boolean", "true withdraws the record", default="false")

CACHES = RecordKind(
    "caches",
    mark="cache_id",
    columns=(
        InputColumn("cache_id", "text", "the image cache, imc-…", required=True),
        _ACCOUNT,
        _REGION,
        InputColumn("cache_name", "text", "its name"),
        InputColumn(
            "creation_method",
            "choice",
            "how it was made; empty: automatic where the name starts with auto-create-for-, else manual",
            choices=("manual", "automatic"),
        ),
        InputColumn("size_gib", "decimal", "its size", required=True, above="0", high=_MOST_GIB),
        InputColumn(
            "snapshot_gib",
            "decimal",
            "its snapshot's own size; empty: not known",
            low="0",
            high=_BEYOND_REASON,
        ),
        InputColumn("instant", "boolean", "instant image cache is on", default="false"),
        InputColumn("images", "images", "a JSON array of image names"),
        InputColumn("created_at", "time", "the start of the build", required=True),
        InputColumn("ready_at", "time", "the end of the build"),
        InputColumn("failed_at", "time", "the end of a failed build"),
        InputColumn("standard_snapshot_at", "time", "instant caches: the standard snapshot is complete"),
        InputColumn("deleted_at", "time", "deleted, expired or evicted; empty: still there"),
        InputColumn("retention_days", "integer", "days that it is kept", low="1", high="65536"),
        InputColumn("expires_at", "time", "when it expires; wins over retention_days"),
        InputColumn(
            "snapshot_copies", "integer", "copies of the snapshot", default="1", low="1", high="1000"
        ),
        InputColumn(
            "flash_copies", "integer", "copies of the local snapshot", default="1", low="1", high="1000"
        ),
        InputColumn("elimination_strategy", "choice", "LRU: may be deleted at the quota", choices=("LRU",)),
        InputColumn("last_matched_at", "time", "the last use by automatic matching"),
        _TAGS,
        _OBSERVED,
        _RETRACTED,
    ),
    after=(
        AfterRule("ready_at", "created_at"),
        AfterRule("failed_at", "created_at"),
        AfterRule("standard_snapshot_at", "ready_at"),
        AfterRule("deleted_at", "created_at"),
        AfterRule("deleted_at", "ready_at"),
    ),
    exclusive=(("ready_at", "failed_at"),),
)

INSTANCES = RecordKind(
    "instances",
    mark="instance_id",
    columns=(
        InputColumn("instance_id", "text", "the container group", required=True),
        _ACCOUNT,
        _REGION,
        InputColumn("cache_id", "text", "the image cache that it was made from; empty: none"),
        InputColumn("vcpu", "decimal", "its vCPUs", above="0", high=_BEYOND_REASON, rounded=True),
        InputColumn(
            "memory_gib",
            "decimal",
            "its memory; real traces have zeros",
            low="0",
            high=_BEYOND_REASON,
            rounded=True,
        ),
        InputColumn(
            "extra_ephemeral_gib",
            "decimal",
            "ephemeral storage declared beyond what is included; empty: not known",
            low="0",
            high=_BEYOND_REASON,
        ),
        InputColumn("started_at", "time", "the start of image pulling", required=True),
        InputColumn("ended_at", "time", "the end; empty: still running"),
        _TAGS,
        _OBSERVED,
        _RETRACTED,
    ),
    after=(AfterRule("ended_at", "started_at"),),
)

QUOTAS = RecordKind(
    "quotas",
    mark="quota",
    columns=(
        _ACCOUNT,
        _REGION,
        InputColumn(
            "quota",
            "choice",
            "which quota",
            required=True,
            choices=("manual_image_caches", "automatic_image_caches"),
        ),
        InputColumn("limit", "integer", "the most there can be", required=True, low="0", high="1000000000"),
        InputColumn("used", "integer", "how many there are", low="0", high="1000000000"),
        _OBSERVED,
    ),
)

SNAPSHOTS = RecordKind(
    "snapshots",
    mark="snapshot_id",
    columns=(
        InputColumn("snapshot_id", "text", "the snapshot, s-…", required=True),
        InputColumn("region", "text", "the region that it lies in"),
        InputColumn("status", "text", "how far it is: accomplished when it is complete"),
        _OBSERVED,
    ),
)
"""Not usage records: what a provider's answer says about snapshots, to be matched with known caches."""

KINDS: tuple[RecordKind, ...] = (INSTANCES, QUOTAS, CACHES)
"""Ordered by how much their mark says: instances name a cache_id, too."""

PROVIDER_COLUMNS: Mapping[str, str] = {
    "ready_observed": "boolean",
    "snapshot_id": "text",
    "flash_snapshot_id": "text",
    "container_group_id": "text",
    "derived": "text",
}
"""What only the provider's own answers say about a cache beside its input columns; `derived` names derived columns."""
