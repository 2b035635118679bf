"""The usage records that nobody has used yet: what a question's cache and its instances would leave behind."""

from collections.abc import Iterator
from typing import NamedTuple

from billing.estimating.question import Group, Option, Question
from billing.metering.in_memory import CacheRecord, InstanceRecords

ACCOUNT = "estimate"


class Records(NamedTuple):
    """The records behind one option of a question."""

    caches: tuple[CacheRecord, ...]
    instances: tuple[InstanceRecords, ...]


def records(question: Question, option: Option, *, kept_s: int | None = None) -> Records:
    """The option's records: the build ends at the question's instant, its instances start then or later.

    `kept_s` keeps the cache for another time than the question says.
    """
    cache = None if option == "no_cache" else _cache(question, option, kept_s)
    caches = () if cache is None else (cache,)
    return Records(caches, tuple(_instances(question, option, None if cache is None else cache.cache_id)))


def _cache(question: Question, option: Option, kept_s: int | None) -> CacheRecord:
    manual = option == "manual"
    standard_s = question.standard_snapshot_s if manual else None
    return CacheRecord(
        account_id=ACCOUNT,
        region=question.region,
        cache_id=f"imc-{question.name}",
        creation_method="manual" if manual else "automatic",
        size_gib=question.size_gib,
        snapshot_gib=question.snapshot_gib,
        instant=question.instant and manual,
        created_s=question.at_s - question.build_s,
        ready_s=question.at_s,
        standard_snapshot_s=None if standard_s is None else question.at_s + standard_s,
        deleted_s=question.at_s + (question.kept_s if kept_s is None else kept_s),
    )


def _instances(question: Question, option: Option, cache_id: str | None) -> Iterator[InstanceRecords]:
    """Without a cache every instance pulls, with an automatic one the first, which found none, with a manual one none."""
    to_pull = {"manual": 0, "automatic": 1, "no_cache": question.instances}[option]
    for group in sorted(question.groups, key=lambda group: group.start_s):
        pulling = min(group.count, to_pull) if question.pull else 0
        to_pull -= pulling
        for count, pulls in ((pulling, True), (group.count - pulling, False)):
            if count:
                yield _alike(question, group, cache_id, count, pulls=pulls)


def _alike(
    question: Question, group: Group, cache_id: str | None, count: int, *, pulls: bool
) -> InstanceRecords:
    started_s = question.at_s + group.start_s
    pull_s = question.pull.seconds if question.pull and pulls else 0
    return InstanceRecords(
        account_id=ACCOUNT,
        region=question.region,
        cache_id=cache_id,
        vcpu=group.vcpu,
        memory_gib=group.memory_gib,
        extra_ephemeral_gib=group.extra_ephemeral_gib,
        started_s=started_s,
        pulled_s=started_s + pull_s if pulls else None,
        ended_s=started_s + group.run_s + (pull_s if cache_id is None else 0),
        count=count,
    )
