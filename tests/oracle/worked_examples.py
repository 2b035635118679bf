"""The worked examples of the billing model, section 6, as usage records and the exact cost that must come out.

The provider's pages contain slips; the exact value counts. Where an example prices a build or a snapshot alone, the
record is made so that it has nothing else, or only the charges of the example are added up.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Row = dict[str, str]

BUILD = ("creation.instance_vcpu", "creation.instance_memory", "creation.disk")
INSTANCE = ("creation.instance_vcpu", "creation.instance_memory")
LOCAL = ("creation.snapshot", "creation.local_snapshot", "creation.local_snapshot_enabling")
CREATION = (*BUILD, *LOCAL)
USE = ("usage.cache_disk", "usage.ephemeral_storage")


@dataclass(frozen=True)
class Example:
    """What one example says: its records, the charges that it adds up, and the exact sum."""

    title: str
    tariff: Literal["alibaba-cn", "alibaba-intl"]
    month: str
    charges: tuple[str, ...]
    exact: Decimal
    caches: tuple[Row, ...]
    instances: tuple[Row, ...] = ()


def cache(**columns: str) -> Row:
    """A manual cache of account 100 in cn-hangzhou, with other columns as given."""
    default = {
        "cache_id": "imc-example",
        "account_id": "100",
        "region": "cn-hangzhou",
        "creation_method": "manual",
        "size_gib": "40",
        "observed_at": "2026-01-01T00:00:00Z",
    }
    return default | columns


def instance(**columns: str) -> Row:
    """An instance of that cache."""
    default = {
        "instance_id": "eci-example",
        "account_id": "100",
        "region": "cn-hangzhou",
        "cache_id": "imc-example",
        "vcpu": "2",
        "memory_gib": "4",
        "observed_at": "2026-01-01T00:00:00Z",
    }
    return default | columns


_BUILT_IN_300_S = cache(
    snapshot_gib="2",
    created_at="2026-10-05T09:55:00+08:00",
    ready_at="2026-10-05T10:00:00+08:00",
    deleted_at="2026-10-08T10:00:00+08:00",
)
_USED_FOR_3_H = instance(started_at="2026-10-06T09:12:13+08:00", ended_at="2026-10-06T12:12:13+08:00")


def _snapshot(gib: str) -> Row:
    return cache(
        size_gib=gib,
        snapshot_gib=gib,
        created_at="2021-07-12T10:20:00+08:00",
        ready_at="2021-07-12T10:20:00+08:00",
        deleted_at="2021-07-12T23:00:00+08:00",
    )


EXAMPLES = (
    Example(
        "build of a 40 GiB cache in 300 s, USD",
        "alibaba-intl",
        "2026-10",
        BUILD,
        Decimal("0.0074386667"),
        (_BUILT_IN_300_S,),
    ),
    Example(
        "its 2 GiB snapshot kept 3 days",
        "alibaba-intl",
        "2026-10",
        ("creation.snapshot",),
        Decimal("0.004"),
        (_BUILT_IN_300_S,),
    ),
    Example(
        "creation in all", "alibaba-intl", "2026-10", CREATION, Decimal("0.0114386667"), (_BUILT_IN_300_S,)
    ),
    Example(
        "one instance for 3 h from it",
        "alibaba-intl",
        "2026-10",
        USE,
        Decimal("0.06"),
        (_BUILT_IN_300_S,),
        (_USED_FOR_3_H,),
    ),
    Example(
        "20 GiB extra ephemeral storage, one hour, 2022-09",
        "alibaba-intl",
        "2022-09",
        USE,
        Decimal("0.006376"),
        (cache(creation_method="automatic", created_at="2022-09-21T00:00:00+08:00"),),
        (
            instance(
                extra_ephemeral_gib="20",
                started_at="2022-09-22T08:30:00+08:00",
                ended_at="2022-09-22T09:30:00+08:00",
            ),
        ),
    ),
    Example(
        "snapshot of 310 GiB, 10:20 to 23:00, CNY",
        "alibaba-cn",
        "2021-07",
        CREATION,
        Decimal("0.6716666667"),
        (_snapshot("310"),),
    ),
    Example(
        "snapshot of 305 GiB, the same hours, USD",
        "alibaba-intl",
        "2021-07",
        CREATION,
        Decimal("0.1101388889"),
        (_snapshot("305"),),
    ),
    Example(
        "instant access: 100 GiB for 20 s, CNY",
        "alibaba-cn",
        "2021-07",
        CREATION,
        Decimal("1.0174382716"),
        (
            cache(
                size_gib="100",
                snapshot_gib="100",
                instant="true",
                created_at="2021-07-12T10:00:00+08:00",
                ready_at="2021-07-12T10:00:00+08:00",
                standard_snapshot_at="2021-07-12T10:00:20+08:00",
                deleted_at="2021-07-12T10:00:20+08:00",
            ),
        ),
    ),
    Example(
        "instance of 2 vCPU, 4 GiB, 1 h, USD",
        "alibaba-intl",
        "2021-07",
        INSTANCE,
        Decimal("0.05544") + Decimal("0.013824"),
        (cache(created_at="2021-07-12T10:20:00+08:00", failed_at="2021-07-12T11:20:00+08:00"),),
    ),
    Example(
        "the same per second, CNY",
        "alibaba-cn",
        "2021-07",
        INSTANCE,
        Decimal("0.00012252"),
        (cache(created_at="2021-07-12T10:20:00+08:00", failed_at="2021-07-12T10:20:01+08:00"),),
    ),
)
