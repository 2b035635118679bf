"""The charges of using an image cache: what each instance that starts from it pays while it runs."""

from rules.charges.charge import Charge, Source
from rules.charges.creation import IMAGE_CACHE_BILLING, READ
from rules.charges.expression import Column, Excess, Known, Value

CACHE_DISK = Charge(
    id="usage.cache_disk",
    title_en="Cache disk (ESSD PL1)",
    title_zh="镜像缓存云盘（ESSD PL1）",
    phase="usage",
    creation_method="manual",
    record="instance",
    begin="started_at",
    end="until_at",
    time="second",
    held=Column("cache.size_gib"),
    unit="GiB-second",
    rate="ebs.essd_pl1",
    source=Source(IMAGE_CACHE_BILLING, READ, "found", "N instances are N disks, each of the cache's size."),
)

EPHEMERAL_STORAGE = Charge(
    id="usage.ephemeral_storage",
    title_en="Extra ephemeral storage",
    title_zh="额外临时存储空间",
    phase="usage",
    creation_method="automatic",
    record="instance",
    begin="started_at",
    end="until_at",
    time="second",
    held=Known(Column("extra_ephemeral_gib"), Excess(Column("cache.size_gib"), Value("included_ephemeral_gib"))),
    unit="GiB-second",
    rate="eci.ephemeral_storage",
    source=Source(
        "alibabacloud.com/help/en/elastic-container-instance/latest/storage-space-bill",
        READ,
        "found",
        "Where the declaration is not known: the cache size above the included storage.",
    ),
)
