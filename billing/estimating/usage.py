"""Usage files: how long and how often resources run, which no manifest says; YAML in the manner of infracost.

resource_usage:
  Deployment/web:
    hours: 300
    instances_per_month: 40
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from billing.errors import UsageError
from billing.estimating.plan import Usage
from billing.estimating.reading import MIB, decoded, mapping, read_bytes, text
from billing.estimating.values import read_count, read_gib, read_seconds
from billing.estimating.yaml_texts import documents
from rules.errors import suggestion
from rules.period import HOUR_S

KEYS = ("hours", "run_time", "instances_per_month")


def read_usage(path: Path) -> Mapping[str, Usage]:
    """The usage by resource name: hours or run_time of each instance, instances in a month; unknown keys are refused."""
    found = documents(decoded(read_bytes(path, MIB), str(path)), str(path))
    document = mapping(found[0]) if found else {}
    for key in document:
        if key not in ("version", "resource_usage"):
            raise UsageError(
                f"unknown key {text(key)!r}",
                place=str(path),
                hint=suggestion(str(key), ["version", "resource_usage"]),
            )
    return {
        str(name): _usage(mapping(said), f"{path}, {name}")
        for name, said in mapping(document.get("resource_usage")).items()
    }


def _usage(said: Mapping[str, object], place: str) -> Usage:
    for key in said:
        if key not in KEYS:
            raise UsageError(f"unknown key {key!r}", place=place, hint=suggestion(str(key), KEYS))
    hours, run_time, instances = (text(said.get(key)) for key in KEYS)
    run_s = None if run_time is None else read_seconds(run_time, f"{place}, run_time")
    if hours is not None:
        seconds = read_gib(hours, f"{place}, hours") * HOUR_S
        if seconds != int(seconds) or seconds > Decimal(1_000_000) * HOUR_S:
            raise UsageError(f"{hours} hours are no whole seconds", place=place, hint="write run_time: 90s")
        run_s = int(seconds)
    count = None if instances is None else read_count(instances, f"{place}, instances_per_month")
    return Usage(run_s=run_s, instances=count)
