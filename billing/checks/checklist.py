"""What is checked: each check by name, with the sentence that says what its rows mean, and where its query stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from billing.store.schema import OPEN_S
from rules.retention import FAILED, MATCHED, NEVER_MATCHED
from rules.units import MICRO

Severity = Literal["error", "warning"]

LARGEST_VCPU = 64
"""More than the vCPUs of the largest container group: such a size was meant otherwise."""


@dataclass(frozen=True, slots=True)
class Check:
    """One invariant. Each row of its query is one thing that breaks it.

    The query is sql/NAME.sql; `query` names another file, which caches and instances share, and `names` what it calls them.
    """

    name: str
    severity: Severity
    message: str
    query: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


INSTANCES = {
    "kind": "instances",
    "id": "instance_id",
    "postings": "every_instance_posting",
    "history": "instance_history",
}
CACHES = {"kind": "caches", "id": "cache_id", "postings": "cache_postings", "history": "cache_history"}


FILE_CHECKS = (
    Check("absent_files", "error", "record files that the catalogue names are absent"),
    Check("changed_files", "error", "record files are not as they were written"),
    Check(
        "unnamed_files",
        "warning",
        "files that nobody names lie among the records; the next import deletes them",
    ),
)
"""Checks of the files themselves, in billing/checks/record_files.py. Where one of the first two fails, no query runs."""

CHECKS = (
    Check(
        "batch_counts",
        "error",
        "batches' counts don't add up: read is not new + revised + unchanged + rejected",
    ),
    Check("quarantine_counts", "error", "batches rejected another number of rows than the quarantine keeps"),
    Check(
        "instance_versions",
        "error",
        "versions of instances are missing from the journal",
        "versions",
        INSTANCES,
    ),
    Check("cache_versions", "error", "versions of caches are missing from the journal", "versions", CACHES),
    Check(
        "instance_batches",
        "error",
        "instances come from batches that the catalogue doesn't know",
        "batches",
        INSTANCES,
    ),
    Check(
        "cache_batches",
        "error",
        "caches come from batches that the catalogue doesn't know",
        "batches",
        CACHES,
    ),
    Check(
        "instance_reversals",
        "error",
        "reversals of instances don't take back what was posted",
        "reversals",
        INSTANCES,
    ),
    Check(
        "cache_reversals", "error", "reversals of caches don't take back what was posted", "reversals", CACHES
    ),
    Check(
        "instances_counting_twice",
        "error",
        "instances have more than one current version",
        "counting_twice",
        INSTANCES,
    ),
    Check(
        "caches_counting_twice",
        "error",
        "caches have more than one current version",
        "counting_twice",
        CACHES,
    ),
    Check("keys_given", "error", "cache keys are given twice"),
    Check("instance_keys", "error", "instances refer to the key of another cache", "keys", INSTANCES),
    Check("cache_keys", "error", "caches refer to the key of another cache", "keys", CACHES),
    Check(
        "instance_seconds",
        "error",
        "instances' metered seconds don't follow from their instants",
        names=INSTANCES,
    ),
    Check("cache_seconds", "error", "caches' metered seconds don't follow from their instants"),
    Check("used_before_ready", "warning", "caches were used before they were ready"),
    Check("used_after_deletion", "warning", "caches were used after their deletion"),
    Check(
        "unknown_caches",
        "warning",
        "instances name caches that no record describes: their use is not metered",
    ),
    Check("unmetered_builds", "warning", "manual caches' builds have no known end and are not metered"),
    Check("matched_before_creation", "warning", "caches were last matched before their creation"),
    Check("expires_before_creation", "warning", "caches expire before their creation"),
    Check("empty_instances", "warning", "instances have no length: nothing is charged for them"),
    Check("empty_caches", "warning", "caches have no length"),
    Check("future_instances", "warning", "instances have instants later than the present moment"),
    Check("future_caches", "warning", "caches have instants later than the present moment"),
    Check(
        "overdue_caches",
        "warning",
        "the provider's rules end these caches, yet nobody saw it: they are charged on",
    ),
    Check("odd_instances", "warning", f"instances have more than {LARGEST_VCPU} vCPU, or no memory"),
)


def parameters(as_of_s: int) -> Mapping[str, int]:
    """What the queries may bind."""
    return {
        "as_of_s": as_of_s,
        "open_s": OPEN_S,
        "never_matched_s": _seconds(NEVER_MATCHED.length),
        "matched_s": _seconds(MATCHED.length),
        "failed_s": _seconds(FAILED.length),
        "most_vcpu_micro": LARGEST_VCPU * MICRO,
    }


def _seconds(length: timedelta) -> int:
    return length // timedelta(seconds=1)
