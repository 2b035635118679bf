"""A notation for the provider's answers: events, instances, caches and pages."""

import json
from typing import Any

T0, T1, T2, T3 = (f"2026-10-01T0{hour}:00:00Z" for hour in range(4))


def event(
    reason: str, at: str, message: str = "", type_: str = "Normal", last: str | None = None
) -> dict[str, Any]:
    """One event as the provider has it."""
    return {
        "Reason": reason,
        "Message": message,
        "Type": type_,
        "FirstTimestamp": at,
        "LastTimestamp": last or at,
        "Count": 1,
        "Name": "x",
    }


def group(**fields: Any) -> dict[str, Any]:
    """An instance as DescribeContainerGroups has it."""
    return {
        "ContainerGroupId": "eci-1",
        "RegionId": "cn-hangzhou",
        "Status": "Running",
        "CreationTime": T0,
        "Cpu": "2.0",
        "Memory": "4.0",
        **fields,
    }


def image_cache(**fields: Any) -> dict[str, Any]:
    """A cache as DescribeImageCaches has it."""
    return {
        "ImageCacheId": "imc-1",
        "RegionId": "cn-hangzhou",
        "ImageCacheName": "mine",
        "ImageCacheSize": "20",
        "Status": "Ready",
        "CreationTime": T0,
        **fields,
    }


def page(key: str, *records: Any, total: int | None = None) -> str:
    """One answer as JSON."""
    return json.dumps(
        {"RequestId": "1", key: list(records)} | ({} if total is None else {"TotalCount": total})
    )
