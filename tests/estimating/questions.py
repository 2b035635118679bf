"""Questions for tests: one that says everything, and the records behind an option as rows that can be imported."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from billing.estimating import Group, Question
from billing.estimating.records import Records
from rules.money import plain
from rules.period import epoch_s, rfc3339

OBSERVED = "2040-01-01T00:00:00Z"
"""Long after everything that a question asks about: no record is open."""


def at(text: str) -> int:
    """The epoch second of an instant in the billing zone."""
    return epoch_s(datetime.fromisoformat(f"{text}+08:00"))


def question(**said: Any) -> Question:
    """The provider's own example, with what is said otherwise; `run_s`, `count` and `extra` are those of its first group,
    `more` is a second one."""
    group = Group(
        count=said.pop("count", 1),
        run_s=said.pop("run_s", 3 * 3600),
        vcpu=Decimal(2),
        memory_gib=Decimal(4),
        extra_ephemeral_gib=said.pop("extra", None),
    )
    more = said.pop("more", None)
    asked: dict[str, Any] = {
        "name": "estimate",
        "region": "cn-hangzhou",
        "at_s": at("2025-06-01T00:00:00"),
        "size_gib": Decimal(40),
        "snapshot_gib": Decimal(2),
        "build_s": 300,
        "keep_s": 3 * 86400,
        "groups": (group,) if more is None else (group, more),
        "pull": None,
    }
    return Question(**(asked | said))


def rows(records: Records) -> tuple[tuple[str, list[dict[str, str]]], ...]:
    """The files that a user would import: one row for each cache, and one for each single instance."""
    caches = [
        {
            "cache_id": cache.cache_id,
            "account_id": cache.account_id,
            "region": cache.region,
            "creation_method": cache.creation_method,
            "size_gib": plain(cache.size_gib),
            "snapshot_gib": "" if cache.snapshot_gib is None else plain(cache.snapshot_gib),
            "instant": str(cache.instant).lower(),
            "created_at": rfc3339(cache.created_s),
            "ready_at": rfc3339(cache.ready_s),
            "standard_snapshot_at": ""
            if cache.standard_snapshot_s is None
            else rfc3339(cache.standard_snapshot_s),
            "deleted_at": rfc3339(cache.deleted_s),
            "observed_at": OBSERVED,
        }
        for cache in records.caches
    ]
    instances = [
        {
            "instance_id": f"eci-{number}-{each}",
            "account_id": group.account_id,
            "region": group.region,
            "cache_id": group.cache_id or "",
            "vcpu": plain(group.vcpu),
            "memory_gib": plain(group.memory_gib),
            "extra_ephemeral_gib": ""
            if group.extra_ephemeral_gib is None
            else plain(group.extra_ephemeral_gib),
            "started_at": rfc3339(group.started_s),
            "ended_at": rfc3339(group.ended_s),
            "observed_at": OBSERVED,
        }
        for number, group in enumerate(records.instances)
        for each in range(group.count)
    ]
    return ("caches", caches), ("instances", instances)
