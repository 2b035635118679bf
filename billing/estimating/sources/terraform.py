"""Terraform plans, as `terraform show -json` prints them: ECI image caches and container groups, before and after.

A container group runs for a month of 720 hours unless --run-time or a usage file says otherwise. Values that Terraform knows only
after applying are taken to be the defaults, which is said.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from billing.errors import UsageError
from billing.estimating.matching import WantedCache, Workload, changes, planned
from billing.estimating.plan import Defaults, Plan, Planned, Unpriced, check_size, identifier
from billing.estimating.question import MONTH_S
from billing.estimating.reading import MIB, Source, listed, mapping, read_json, text
from billing.estimating.values import read_count, read_gib
from rules.retention import RETENTION_DAY

CACHE, GROUP = "alicloud_eci_image_cache", "alicloud_eci_container_group"
UNPRICED = {
    "alicloud_ess_eci_scaling_configuration": "how many instances it starts is decided while it runs: use a scenario",
}
MOST_RETENTION_DAYS = 36_500

Side = Literal["before", "after"]
Changes = list[tuple[str, Mapping[str, Any]]]
"""Address and resource change."""


def read(content: bytes, place: str, defaults: Defaults) -> Plan:
    """The plan's caches and container groups, each priced before and after."""
    document = mapping(read_json(content, place))
    if "resource_changes" not in document:
        raise UsageError("the file is no plan of Terraform", place=place, hint=SOURCE.hint)
    found: Changes = []
    unpriced = []
    for change in map(mapping, listed(document["resource_changes"])):
        kind, address = text(change.get("type")), text(change.get("address")) or "unnamed"
        if text(change.get("mode")) == "data":
            continue
        if kind in (CACHE, GROUP):
            found.append((address, change))
        elif kind in UNPRICED:
            unpriced.append(Unpriced(address, UNPRICED[kind]))
    check_size(len(found), place)
    if not defaults.region_given and (region := _region(document)) is not None:
        defaults = defaults._replace(region=region)
    before, after = (_side(found, side, place, defaults) for side in ("before", "after"))
    return Plan(changes(before, after), tuple(unpriced))


def _side(
    found: Changes, side: Side, place: str, defaults: Defaults
) -> list[tuple[str, Planned, tuple[str, ...]]]:
    """What there is on one side of the plan."""
    caches, workloads = [], []
    for address, change in found:
        values = mapping(change.get("change")).get(side)
        if not isinstance(values, dict):
            continue
        unknown = mapping(mapping(change.get("change")).get("after_unknown")) if side == "after" else {}
        where = f"{place}, {address}"
        if text(change.get("type")) == CACHE:
            caches.append(_cache(address, values, unknown, where, defaults))
        else:
            workloads.append(_workload(address, values, unknown, where, defaults))
    return planned(caches, workloads, defaults.blank())


def _cache(
    address: str, values: Mapping[str, Any], unknown: Mapping[str, Any], place: str, defaults: Defaults
) -> WantedCache:
    notes = [
        f"{name} is known only after applying"
        for name in ("image_cache_size", "retention_days")
        if unknown.get(name)
    ]
    size, days = (_said(values, name, notes) for name in ("image_cache_size", "retention_days"))
    keep_s = defaults.keep_s
    if days not in (None, "0"):
        kept = read_count(days, f"{place}, retention_days", most=MOST_RETENTION_DAYS)
        keep_s = max(0, kept * int(RETENTION_DAY.length.total_seconds()) - defaults.build_s)
    if size is None:
        notes.append(f"image_cache_size is not said: taken to be {defaults.size_gib} GiB")
    question = replace(
        defaults.blank(),
        name=identifier(address),
        region=_region_of_zone(values, defaults),
        size_gib=defaults.size_gib if size is None else read_gib(size, f"{place}, image_cache_size"),
        keep_s=keep_s,
        images=_images(values.get("images")),
        place=place,
    )
    name = text(values.get("image_cache_name"))
    return WantedCache(
        address=address, question=question, ids=frozenset(filter(None, (name,))), notes=tuple(notes)
    )


def _workload(
    address: str, values: Mapping[str, Any], unknown: Mapping[str, Any], place: str, defaults: Defaults
) -> Workload:
    notes = [
        f"{name} is known only after applying"
        for name in ("cpu", "memory", "ephemeral_storage")
        if unknown.get(name)
    ]
    cpu, memory, extra = (_said(values, name, notes) for name in ("cpu", "memory", "ephemeral_storage"))
    spec = None
    if cpu is not None and memory is not None:
        spec = read_gib(cpu, f"{place}, cpu"), read_gib(memory, f"{place}, memory")
    group = defaults.group(
        address,
        count=1,
        run_s=MONTH_S,
        spec=spec,
        extra_gib=None if extra in (None, "0") else read_gib(extra, f"{place}, ephemeral_storage"),
    )
    containers = [*listed(values.get("containers")), *listed(values.get("init_containers"))]
    return Workload(
        address=address,
        group=group,
        images=_images([mapping(container).get("image") for container in containers]),
        matches=text(values.get("auto_match_image_cache")) == "true",
        notes=tuple(notes),
    )


def _said(values: Mapping[str, Any], name: str, notes: list[str]) -> str | None:
    """A value of the plan as text; one that is still an expression is not known yet."""
    said = text(values.get(name))
    if said is not None and "${" in said:
        notes.append(f"{name} is still an expression: not known")
        return None
    return said


def _images(found: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(said for image in listed(found) if (said := text(image)) is not None))


def _region(document: Mapping[str, Any]) -> str | None:
    """The region that the provider is configured with, where it is written as a constant or a variable with a value."""
    configured = mapping(mapping(document.get("configuration")).get("provider_config"))
    said = mapping(mapping(mapping(configured.get("alicloud")).get("expressions")).get("region"))
    if (constant := text(said.get("constant_value"))) is not None:
        return constant
    for reference in listed(said.get("references")):
        name = (text(reference) or "").removeprefix("var.")
        if (value := text(mapping(mapping(document.get("variables")).get(name)).get("value"))) is not None:
            return value
    return None


def _region_of_zone(values: Mapping[str, Any], defaults: Defaults) -> str:
    """The region of a zone such as cn-shanghai-b, where the resource names one and no region was asked for."""
    zone = text(values.get("zone_id"))
    if zone is None or defaults.region_given or "$" in zone or "-" not in zone:
        return defaults.region
    return zone.rpartition("-")[0]


SOURCE = Source(
    endings=(".json",),
    most_bytes=32 * MIB,
    hint="write one with: terraform show -json plan.out > plan.json",
    read=read,
)
