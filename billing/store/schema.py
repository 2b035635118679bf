"""The columns of the record files: the one description of what lies in the Parquet below a workspace.

Each file is a part of an append-only journal of postings. A version of a record enters with sign 1; when it is superseded or
withdrawn, a reversal of exactly the same values follows with sign -1; a withdrawal itself has sign 0. So a metered sum is
`sum(sign * …)`, and nothing written is ever changed. (batch, line) names a version; `posted` is the batch that posted the row.

Sizes are integers of a millionth (`*_micro`: GiB or vCPU x 1 000 000), metered instants whole epoch seconds (`*_s`), instants as
delivered TIMESTAMPs in UTC (`*_at`). OPEN_S stands for "not ended".
"""

from typing import Literal

Kind = Literal["instances", "caches"]

OPEN_S = 253_402_300_800
"""The end of a record that has not ended, and of what is known about a closed one: the year 10000."""

VERSION = {
    "sign": "TINYINT",
    "posted": "INTEGER",
    "batch": "INTEGER",
    "line": "BIGINT",
    "cache_key": "INTEGER",
}

INSTANCES = VERSION | {
    "account_id": "VARCHAR",
    "region": "VARCHAR",
    "instance_id": "VARCHAR",
    "cache_id": "VARCHAR",
    "vcpu_micro": "BIGINT",
    "memory_micro": "BIGINT",
    "extra_ephemeral_micro": "BIGINT",
    "started_s": "BIGINT",
    "until_s": "BIGINT",
    "known_until_s": "BIGINT",
    "started_at": "TIMESTAMP",
    "ended_at": "TIMESTAMP",
    "observed_at": "TIMESTAMP",
    "tags": "VARCHAR",
    "retracted": "BOOLEAN",
    "derived": "VARCHAR",
}

CACHES = VERSION | {
    "account_id": "VARCHAR",
    "region": "VARCHAR",
    "cache_id": "VARCHAR",
    "cache_name": "VARCHAR",
    "creation_method": "VARCHAR",
    "size_micro": "BIGINT",
    "snapshot_micro": "BIGINT",
    "snapshot_copies": "INTEGER",
    "flash_copies": "INTEGER",
    "instant": "BOOLEAN",
    "images": "VARCHAR",
    "elimination_strategy": "VARCHAR",
    "created_s": "BIGINT",
    "ready_s": "BIGINT",
    "failed_s": "BIGINT",
    "standard_snapshot_s": "BIGINT",
    "until_s": "BIGINT",
    "known_until_s": "BIGINT",
    "end_derived": "BOOLEAN",
    "ready_observed": "BOOLEAN",
    "created_at": "TIMESTAMP",
    "ready_at": "TIMESTAMP",
    "failed_at": "TIMESTAMP",
    "standard_snapshot_at": "TIMESTAMP",
    "deleted_at": "TIMESTAMP",
    "expires_at": "TIMESTAMP",
    "last_matched_at": "TIMESTAMP",
    "observed_at": "TIMESTAMP",
    "retention_days": "INTEGER",
    "snapshot_id": "VARCHAR",
    "flash_snapshot_id": "VARCHAR",
    "container_group_id": "VARCHAR",
    "tags": "VARCHAR",
    "retracted": "BOOLEAN",
    "derived": "VARCHAR",
}

KEYS = {"cache_key": "INTEGER", "account_id": "VARCHAR", "region": "VARCHAR", "cache_id": "VARCHAR"}
"""One row per account, region and cache; cache_id is null for "no cache". Keys are given once, from 1, and never change."""

PLAIN = ("plain_from_s", "plain_until_s")
"""Two columns more that `instance_postings` has for a reader, the same in all rows of a file: the file's rows are plain (they
count once, are closed and not empty, and declare no extra storage) and lie in [plain_from_s, plain_until_s); [0, OPEN_S) says
nothing."""

COMPUTED = {
    "instances": ("started_s", "until_s", "known_until_s"),
    "caches": (
        "created_s",
        "ready_s",
        "failed_s",
        "standard_snapshot_s",
        "until_s",
        "known_until_s",
        "end_derived",
    ),
}
"""The columns that follow from the others of the same version."""

ID = {"instances": "instance_id", "caches": "cache_id"}
END = {"instances": "ended_at", "caches": "deleted_at"}
BEGIN_S = {"instances": "started_s", "caches": "created_s"}

BEGIN_AT = {"instances": "started_at", "caches": "created_at"}

COLUMNS: dict[str, dict[str, str]] = {"instances": INSTANCES, "caches": CACHES}


def content(kind: Kind) -> tuple[str, ...]:
    """The columns that a version consists of, as a source delivers them: two versions are alike where all of these are."""
    skipped = {*VERSION, *COMPUTED[kind]}
    return tuple(name for name in COLUMNS[kind] if name not in skipped)
