"""What the charges are called in FOCUS: service, category, meter and type of resource, and how units are written."""

from collections.abc import Mapping
from typing import NamedTuple

PROVIDER = "Alibaba Cloud"
"""Who provides, hosts, publishes and invoices all of it."""


class Service(NamedTuple):
    """The service that a charge belongs to, in the provider's words, and its place among FOCUS's categories."""

    name: str
    category: str
    subcategory: str
    meter: str
    resource_type: str


SNAPSHOTS = "Backup Storage"
"""FOCUS's subcategory of snapshots, whose rows on a bill name a region and no cache."""

_ECI, _EBS = "Elastic Container Instance", "Elastic Block Storage"

SERVICES: Mapping[str, Service] = {
    "creation.instance_vcpu": Service(_ECI, "Compute", "Containers", "vCPU", "Image Cache"),
    "creation.instance_memory": Service(_ECI, "Compute", "Containers", "Memory", "Image Cache"),
    "creation.disk": Service(_EBS, "Storage", "Block Storage", "Cloud disk", "Image Cache"),
    "creation.snapshot": Service(_EBS, "Storage", SNAPSHOTS, "Snapshot", "Image Cache"),
    "creation.local_snapshot": Service(_EBS, "Storage", SNAPSHOTS, "Local snapshot", "Image Cache"),
    "creation.local_snapshot_enabling": Service(
        _EBS, "Storage", SNAPSHOTS, "Local snapshot enabling", "Image Cache"
    ),
    "creation.automatic": Service(_ECI, "Compute", "Containers", "Automatic image cache", "Image Cache"),
    "usage.cache_disk": Service(_EBS, "Storage", "Block Storage", "Cloud disk", "Image Cache"),
    "usage.ephemeral_storage": Service(_ECI, "Compute", "Containers", "Ephemeral storage", "Image Cache"),
}
"""Every charge; the names are those that a bill's reader recognises the provider's products by."""

_COUNTED = frozenset({"enabling", "creation"})


def unit(ours: str) -> str:
    """A unit as FOCUS writes it: capital words, the last in the plural; what is merely counted is a Count."""
    if ours in _COUNTED:
        return "Count"
    held, _, time = ours.partition("-")
    return f"{held}-{time.capitalize()}s" if time else f"{held}s"
