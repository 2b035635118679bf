"""The charges of making an image cache and keeping its snapshot."""

from rules.charges.charge import Charge, Source
from rules.charges.expression import Column, Constant, Known, Times, Value

IMAGE_CACHE_BILLING = "alibabacloud.com/help/en/eci/product-overview/image-caches"
SNAPSHOT_BILLING = "ECS documents on snapshots, 2021-07"
READ = "2026-11-24"

SNAPSHOT_GIB = Known(Column("snapshot_gib"), Column("size_gib"))

INSTANCE_VCPU = Charge(
    id="creation.instance_vcpu",
    title_en="Temporary instance, vCPU",
    title_zh="临时实例 vCPU",
    phase="creation",
    creation_method="manual",
    record="cache",
    begin="created_at",
    end="build_end_at",
    time="second",
    held=Value("temporary_instance_vcpu"),
    unit="vCPU-second",
    rate="eci.vcpu",
    source=Source(IMAGE_CACHE_BILLING, READ, "found", "A build that ran and failed is inferred to be charged too."),
)

INSTANCE_MEMORY = Charge(
    id="creation.instance_memory",
    title_en="Temporary instance, memory",
    title_zh="临时实例内存",
    phase="creation",
    creation_method="manual",
    record="cache",
    begin="created_at",
    end="build_end_at",
    time="second",
    held=Value("temporary_instance_memory_gib"),
    unit="GiB-second",
    rate="eci.memory",
    source=Source(IMAGE_CACHE_BILLING, READ, "found", "A build that ran and failed is inferred to be charged too."),
)

DISK = Charge(
    id="creation.disk",
    title_en="Temporary disk (ESSD PL1)",
    title_zh="临时云盘（ESSD PL1）",
    phase="creation",
    creation_method="manual",
    record="cache",
    begin="created_at",
    end="build_end_at",
    time="second",
    held=Column("size_gib"),
    unit="GiB-second",
    rate="ebs.essd_pl1",
    source=Source(IMAGE_CACHE_BILLING, READ, "found", "The disk has the cache's size, not the images'."),
)

SNAPSHOT = Charge(
    id="creation.snapshot",
    title_en="Snapshot",
    title_zh="快照",
    phase="creation",
    creation_method="manual",
    record="cache",
    begin="snapshot_begin_at",
    end="until_at",
    time="started_hour",
    held=Times(SNAPSHOT_GIB, Column("snapshot_copies")),
    unit="GiB-hour",
    rate="ebs.snapshot",
    source=Source(IMAGE_CACHE_BILLING, READ, "found", "On the snapshot's own size; the cache size is an upper bound."),
    estimated_when=("snapshot_gib", "ready_at"),
)

LOCAL_SNAPSHOT = Charge(
    id="creation.local_snapshot",
    title_en="Local snapshot of an instant cache",
    title_zh="极速缓存本地快照",
    phase="creation",
    creation_method="manual",
    record="cache",
    begin="ready_at",
    end="local_snapshot_end_at",
    time="second",
    held=Times(SNAPSHOT_GIB, Column("flash_copies")),
    unit="GiB-second",
    rate="ebs.instant_access",
    source=Source(SNAPSHOT_BILLING, READ, "found", "Whether it is still charged is unknown: a tariff may say zero."),
    requires="instant",
    estimated_when=("snapshot_gib",),
)

LOCAL_SNAPSHOT_ENABLING = Charge(
    id="creation.local_snapshot_enabling",
    title_en="Enabling of the local snapshot",
    title_zh="本地快照开启费",
    phase="creation",
    creation_method="manual",
    record="cache",
    begin="created_at",
    end="created_at",
    time="event",
    held=Constant(1),
    unit="enabling",
    rate="ebs.instant_access.enabling",
    source=Source(SNAPSHOT_BILLING, READ, "found", "Whether it is still charged is unknown: a tariff may say zero."),
    requires="instant",
)

AUTOMATIC = Charge(
    id="creation.automatic",
    title_en="Automatic creation",
    title_zh="自动创建",
    phase="creation",
    creation_method="automatic",
    record="cache",
    begin="created_at",
    end="created_at",
    time="event",
    held=Constant(1),
    unit="creation",
    rate=None,
    source=Source(IMAGE_CACHE_BILLING, READ, "found", "Free of charge; the provider keeps and pays for the snapshot."),
)
