"""The openb trace as usage records: real pods of a production cluster, with caches that are made up.

The trace has no caches. Each instance uses cache number "pod number mod 40": caches 0 to 31 are manual, 32 to 39 automatic, with
sizes from 20 to 59 GiB.
"""

import csv
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

from tests.oracle.times import second, written

TRACE = (
    Path(__file__).parents[3] / "shared" / "data" / "alibaba-openb-pods-2023" / "openb_pod_list_default.csv"
)
MONTHS = ("2024-01", "2024-02", "2024-03", "2024-04", "2024-05")

_EPOCH = second("2024-01-01T00:00:00+08:00")
_CACHES = 40
_PLACE = {"account_id": "openb", "region": "cn-hangzhou", "observed_at": "2024-06-01T00:00:00+08:00"}


def cache_rows() -> list[dict[str, str]]:
    """The 40 made-up caches, built in five minutes before the trace begins; every fourth snapshot's size is known."""
    times = {"created_at": "2023-12-31T22:00:00+08:00", "ready_at": "2023-12-31T22:05:00+08:00"}
    return [
        _PLACE
        | times
        | {
            "cache_id": f"imc-{number:02}",
            "creation_method": "automatic" if number >= 32 else "manual",
            "size_gib": str(20 + number),
            "snapshot_gib": str(Decimal(number) / 8) if number % 4 == 0 else "",
        }
        for number in range(_CACHES)
    ]


@cache
def instance_rows() -> tuple[dict[str, str], ...]:
    """Every pod that was scheduled; failed ones ran and count, the 897 pending ones never ran."""
    return tuple(_instances())


def _instances() -> Iterator[dict[str, str]]:
    with TRACE.open(newline="", encoding="utf-8") as file:
        for pod in csv.DictReader(file):
            if not pod["scheduled_time"]:
                continue
            number = int(pod["name"].rpartition("-")[2])
            yield _PLACE | {
                "instance_id": pod["name"],
                "cache_id": f"imc-{number % _CACHES:02}",
                "vcpu": str(Decimal(pod["cpu_milli"]) / 1000),
                "memory_gib": str(Decimal(pod["memory_mib"]) / 1024),
                "started_at": _instant(pod["scheduled_time"]),
                "ended_at": _instant(pod["deletion_time"]),
            }


def _instant(trace_s: str) -> str:
    return written((_EPOCH + int(trace_s)) * 10**6, 8 * 60)
