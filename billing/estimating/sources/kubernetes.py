"""Kubernetes manifests: ImageCache objects, and the pods of workloads with the annotations that ECI understands.

A Deployment, StatefulSet, ReplicaSet or Pod runs for a month of 720 hours, a Job once, a CronJob as often as its schedule
fires in 30 days, unless --run-time or a usage file says otherwise. What else the file holds costs nothing here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from billing.errors import UsageError
from billing.estimating.cron import runs
from billing.estimating.matching import WantedCache, Workload, changes, planned
from billing.estimating.plan import Defaults, Plan, Unpriced, identifier
from billing.estimating.question import MONTH_S
from billing.estimating.reading import MIB, Source, decoded, listed, mapping, text
from billing.estimating.values import read_count, read_gib, read_instance
from billing.estimating.yaml_texts import documents
from rules.period import rfc3339
from rules.retention import RETENTION_DAY

ANNOTATION = "k8s.aliyun.com/"
ALWAYS_ON = ("Deployment", "StatefulSet", "ReplicaSet", "Pod")
KINDS = ("ImageCache", *ALWAYS_ON, "Job", "CronJob")
JOB_RUN_S = 3600
MOST_RETENTION_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class _Object:
    """One object with its place in the file and the name that people give it: Deployment/web."""

    kind: str
    content: Mapping[str, Any]
    place: str

    @property
    def address(self) -> str:
        metadata = mapping(self.content.get("metadata"))
        namespace = text(metadata.get("namespace"))
        name = text(metadata.get("name")) or text(metadata.get("generateName")) or "unnamed"
        return (
            f"{self.kind}/{namespace}/{name}" if namespace not in (None, "default") else f"{self.kind}/{name}"
        )


def read(content: bytes, place: str, defaults: Defaults) -> Plan:
    """The caches and workloads of the manifests, in their order."""
    found = [
        each
        for number, document in enumerate(documents(decoded(content, place), place), start=1)
        for each in _objects(document, f"{place}, document {number}")
    ]
    _refuse_twins(found)
    caches = [_cache(each, defaults) for each in found if each.kind == "ImageCache"]
    workloads = [_workload(each, defaults) for each in found if each.kind != "ImageCache"]
    known = {id for cache in caches for id in cache.ids}
    foreign = [each for each in workloads if each.cache is not None and each.cache not in known]
    unpriced = tuple(
        Unpriced(each.address, f"it uses {each.cache}, which the file does not describe") for each in foreign
    )
    priced = [each for each in workloads if each not in foreign]
    return Plan(changes([], planned(caches, priced, defaults.blank())), unpriced)


def _objects(document: object, place: str) -> Iterator[_Object]:
    """The objects that matter; a List holds several."""
    content = mapping(document)
    kind = text(content.get("kind")) or ""
    if kind == "List":
        for number, item in enumerate(listed(content.get("items")), start=1):
            yield from _objects(item, f"{place}, item {number}")
    elif kind in KINDS and (kind != "ImageCache" or _of_eci(content)):
        yield _Object(kind, content, place)


def _of_eci(content: Mapping[str, Any]) -> bool:
    return (text(content.get("apiVersion")) or "").startswith("eci.alibabacloud.com/")


def _refuse_twins(found: list[_Object]) -> None:
    seen: dict[str, str] = {}
    for each in found:
        if each.address in seen:
            raise UsageError(
                f"{each.address} stands twice", place=each.place, hint=f"the other is {seen[each.address]}"
            )
        seen[each.address] = each.place


def _cache(each: _Object, defaults: Defaults) -> WantedCache:
    """A manual cache: its retention is counted from the begin of its build."""
    spec, annotations = mapping(each.content.get("spec")), _annotations(each.content)
    size, days = text(spec.get("imageCacheSize")), text(spec.get("retentionDays"))
    keep_s = defaults.keep_s
    if days is not None:
        kept = read_count(days, f"{each.place}, retentionDays", most=MOST_RETENTION_DAYS)
        keep_s = max(0, kept * int(RETENTION_DAY.length.total_seconds()) - defaults.build_s)
    images = [said for image in listed(spec.get("images")) if (said := text(image)) is not None]
    if not images:
        raise UsageError("an ImageCache needs spec.images", place=each.place, hint="list the images to cache")
    question = replace(
        defaults.blank(),
        name=identifier(each.address),
        size_gib=defaults.size_gib if size is None else read_gib(size, f"{each.place}, imageCacheSize"),
        keep_s=keep_s,
        images=tuple(images),
        instant=annotations.get("imc-enable-flash") == "true",
        place=each.place,
    )
    name = text(mapping(each.content.get("metadata")).get("name"))
    id = text(mapping(each.content.get("status")).get("imageCacheId"))
    return WantedCache(address=each.address, question=question, ids=frozenset(filter(None, (name, id))))


def _workload(each: _Object, defaults: Defaults) -> Workload:
    content, spec = each.content, mapping(each.content.get("spec"))
    notes: list[str] = []
    count, run_s = 1, MONTH_S
    if each.kind == "CronJob":
        count = _fires(spec, defaults, each, notes)
        spec = mapping(mapping(spec.get("jobTemplate")).get("spec"))
    if each.kind in ("Job", "CronJob"):
        completions = text(spec.get("completions")) or text(spec.get("parallelism"))
        count *= 1 if completions is None else read_count(completions, f"{each.place}, completions")
        run_s = JOB_RUN_S
        if defaults.run_s is None and each.address not in defaults.usage:
            notes.append("how long a run takes is not said: taken to be 1h (--run-time, or a usage file)")
    elif (replicas := text(spec.get("replicas"))) is not None:
        count = read_count(replicas, f"{each.place}, replicas")
    pod = content if each.kind == "Pod" else mapping(spec.get("template"))
    annotations, pod_spec = _annotations(pod), mapping(pod.get("spec"))
    containers = [mapping(one) for one in listed(pod_spec.get("containers"))]
    extra = annotations.get("eci-extra-ephemeral-storage")
    group = defaults.group(
        each.address,
        count=count,
        run_s=run_s,
        spec=_spec(annotations, containers, each, notes),
        extra_gib=None if extra is None else read_gib(extra, f"{each.place}, eci-extra-ephemeral-storage"),
    )
    every = [*containers, *(mapping(one) for one in listed(pod_spec.get("initContainers")))]
    images = tuple(dict.fromkeys(said for one in every if (said := text(one.get("image"))) is not None))
    return Workload(
        address=each.address,
        group=group,
        images=images,
        matches="true" in (annotations.get("eci-auto-imc"), annotations.get("eci-image-cache")),
        cache=annotations.get("eci-imc-id") or annotations.get("eci-image-snapshot-id"),
        notes=tuple(notes),
    )


def _fires(spec: Mapping[str, Any], defaults: Defaults, each: _Object, notes: list[str]) -> int:
    """How often a CronJob starts in 30 days from the day on which its cache is ready."""
    if text(spec.get("suspend")) == "true":
        notes.append("it is suspended")
        return 0
    schedule = text(spec.get("schedule")) or ""
    fired = runs(schedule, date.fromisoformat(rfc3339(defaults.at_s)[:10]), 30)
    if fired is None:
        raise UsageError(
            f"{schedule!r} is no schedule", place=each.place, hint='write five fields, such as "0 3 * * *"'
        )
    return fired


def _spec(
    annotations: Mapping[str, str], containers: list[Mapping[str, Any]], each: _Object, notes: list[str]
) -> tuple[Decimal, Decimal] | None:
    """vCPU and memory: of the annotation, else what the containers request (or are limited to); None: not said."""
    if (said := annotations.get("eci-use-specs")) is not None:
        first = said.split(",")[0].strip()
        try:
            return read_instance(first, each.place)
        except UsageError:
            notes.append(
                "the instance type that it asks for has no vCPU and memory here: --instance is taken"
            )
            return None
    found = []
    for resource in ("cpu", "memory"):
        total = Decimal(0)
        for container in containers:
            resources = mapping(container.get("resources"))
            asked = mapping(resources.get("requests")).get(resource) or mapping(resources.get("limits")).get(
                resource
            )
            total += _amount(text(asked), resource, each)
        found.append(total)
    return (found[0], found[1]) if all(found) else None


def _amount(said: str | None, resource: str, each: _Object) -> Decimal:
    """vCPU or GiB; a number alone is bytes of memory."""
    if said is None:
        return Decimal(0)
    if resource == "cpu":
        milli = said.endswith("m")
        return read_gib(said.removesuffix("m"), f"{each.place}, cpu") / (1000 if milli else 1)
    place = f"{each.place}, memory"
    if said.isdigit() and len(said) < 19:
        return read_gib(f"{-(-int(said) // 1024)}Ki", place)
    return read_gib(f"{said}B" if said[-1] in "kKMGT" else said, place)


def _annotations(content: Mapping[str, Any]) -> dict[str, str]:
    """The annotations that ECI understands, without their prefix."""
    found = mapping(mapping(content.get("metadata")).get("annotations"))
    return {
        key.removeprefix(ANNOTATION): said
        for key, value in found.items()
        if isinstance(key, str) and key.startswith(ANNOTATION) and (said := text(value)) is not None
    }


SOURCE = Source(
    endings=(".yaml", ".yml"),
    most_bytes=2 * MIB,
    hint=f"it should hold {', '.join(KINDS[:-1])} or {KINDS[-1]} objects",
    read=read,
)
