"""Quotas, limits, how long caches are kept, and who is evicted first."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from rules.errors import RulesError
from rules.quota import (
    AT_LIMIT_SOURCE,
    EVENTS,
    IMAGES,
    MANUAL_SIZE_GIB,
    QUOTAS,
    TAGS,
    at_limit,
    evictable,
    quota,
)
from rules.retention import (
    EVICTION_SOURCE,
    FAILED,
    MATCHED,
    NEVER_MATCHED,
    RETENTION_DAY,
    eviction_order,
    kept_until,
)

DAY = timedelta(days=1)
CREATED = datetime(2026, 10, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Cache:
    cache_id: str
    created_at: datetime = CREATED
    last_matched_at: datetime | None = None
    elimination_strategy: str | None = None


def test_the_quotas_are_the_two_of_list_usage() -> None:
    assert [(found.id, found.limit_attribute, found.used_attribute) for found in QUOTAS] == [
        ("manual_image_caches", "MaxImageCacheCount", "UsedImageCacheCount"),
        ("automatic_image_caches", "MaxAutoImageCacheCount", "UsedAutoImageCacheCount"),
    ]
    assert quota("manual_image_caches") is QUOTAS[0]
    with pytest.raises(RulesError) as refused:
        quota("manual_caches")
    assert str(refused.value) == "there is no quota 'manual_caches': did you mean 'manual_image_caches'?"


def test_the_limits_are_those_of_the_provider() -> None:
    assert (MANUAL_SIZE_GIB.least, MANUAL_SIZE_GIB.most, MANUAL_SIZE_GIB.default) == (20, 32768, 20)
    assert (IMAGES.most, TAGS.most, EVENTS.most) == (20, 20, 50)


def test_every_rule_names_its_source() -> None:
    sources = [found.source for found in QUOTAS]
    sources += [found.source for found in (MANUAL_SIZE_GIB, IMAGES, TAGS, EVENTS)]
    sources += [found.source for found in (FAILED, NEVER_MATCHED, MATCHED, RETENTION_DAY)]
    for source in (*sources, EVICTION_SOURCE, AT_LIMIT_SOURCE):
        assert source.page
        assert source.read
        assert source.trust in ("found", "inferred")


@pytest.mark.parametrize(
    ("method", "failed", "matched", "days", "kept"),
    [
        ("manual", None, None, None, None),
        ("manual", None, CREATED + 90 * DAY, None, None),
        ("manual", None, None, 3, CREATED + 3 * DAY),
        ("manual", CREATED + DAY / 24, None, 30, CREATED + DAY / 24 + DAY),
        ("automatic", None, None, None, CREATED + 7 * DAY),
        ("automatic", None, CREATED + 5 * DAY, None, CREATED + 35 * DAY),
        ("automatic", CREATED, None, None, CREATED + DAY),
    ],
)
def test_a_cache_is_kept_as_long_as_its_rule_says(
    method: str, failed: datetime | None, matched: datetime | None, days: int | None, kept: datetime | None
) -> None:
    found = kept_until(
        "manual" if method == "manual" else "automatic",
        created_at=CREATED,
        failed_at=failed,
        last_matched_at=matched,
        retention_days=days,
    )
    assert found == kept


def test_the_least_recently_used_goes_first_and_the_order_is_total() -> None:
    caches = [
        Cache("imc-never-used-old", CREATED - 9 * DAY),
        Cache("imc-used-then-too", CREATED - 9 * DAY - DAY, CREATED - 8 * DAY),
        Cache("imc-used-then", CREATED - 8 * DAY, CREATED - 8 * DAY),
        Cache("imc-b", CREATED),
        Cache("imc-c", CREATED),
        Cache("imc-a-used-now", CREATED - 90 * DAY, CREATED + DAY),
    ]
    for _ in range(20):
        shuffled = random.sample(caches, len(caches))
        assert eviction_order(shuffled) == caches


def test_a_full_manual_quota_refuses_unless_a_cache_may_go() -> None:
    manual = quota("manual_image_caches")
    kept = [Cache("imc-1"), Cache("imc-2")]
    assert at_limit(manual, kept) == "refused"
    assert evictable(manual, kept) == []
    old, new = Cache("imc-3", CREATED - DAY, None, "LRU"), Cache("imc-4", CREATED, None, "LRU")
    assert at_limit(manual, [new, *kept, old]) == "evicts"
    assert evictable(manual, [new, *kept, old]) == [old, new]


def test_a_full_automatic_quota_always_evicts() -> None:
    automatic = quota("automatic_image_caches")
    old, new = Cache("imc-1", CREATED - DAY), Cache("imc-2")
    assert evictable(automatic, [new, old]) == [old, new]
    assert at_limit(automatic, [new, old]) == "evicts"
