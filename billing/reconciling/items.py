"""What a bill's row is for, as far as an image cache's cost can lie in it: three products, and everything else.

One cache's cost stands in the rows of ECI (`cpu`, `mem`, and the system disk beyond what is included), of block storage
(`yundisk`) and of snapshots, which are billed by region (billing model, section 7).
"""

from collections.abc import Mapping
from typing import NamedTuple

FAMILIES: Mapping[str, str] = {
    "creation.instance_vcpu": "vcpu",
    "creation.instance_memory": "memory",
    "creation.disk": "disk",
    "creation.snapshot": "snapshot",
    "creation.local_snapshot": "local_snapshot",
    "creation.local_snapshot_enabling": "enabling",
    "usage.cache_disk": "disk",
    "usage.ephemeral_storage": "ephemeral",
}
"""Which family of bill rows a charge is billed in. Automatic creation is free: no row is for it."""

BY_REGION = frozenset({"snapshot", "local_snapshot", "enabling"})
"""Families whose rows name a region, not an instance: what a cache has of them is an allocation."""

OTHER = "other"


class Item(NamedTuple):
    """What a row says about the thing that it bills, in the provider's words."""

    product: str
    product_name: str
    product_detail: str
    commodity: str
    item_code: str
    item_name: str


def family_of(item: Item) -> str:
    """The family of a row, `other` where no image cache's cost is billed so."""
    code = f"{item.item_code} {item.item_name}".lower()
    where = f"{item.product} {item.product_name} {item.product_detail} {item.commodity}".lower()
    everything = f"{code} {where}"
    if "snapshot" in everything or "快照" in everything:
        if not any(word in everything for word in ("instant", "flash", "极速", "local")):
            return "snapshot"
        return "enabling" if any(word in code for word in ("enabl", "开通", "开启")) else "local_snapshot"
    eci = "eci" in where.split() or any(
        word in where for word in ("弹性容器", "elastic container", "eci-", "eci_")
    )
    if eci or not where.strip():
        if "cpu" in code:
            return "vcpu"
        if "mem" in code or "内存" in code:
            return "memory"
        if eci and any(word in code for word in ("disk", "ephemeral", "storage", "系统盘", "存储")):
            return "ephemeral"
        if eci and "yundisk" not in everything:
            return OTHER
    blocks = ("yundisk", "云盘", "块存储", "block storage", "ebs", "cloud disk")
    return "disk" if any(word in everything for word in blocks) else OTHER
