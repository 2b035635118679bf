"""Files to ask about: manifests, a plan in the published format, and the defaults that options give."""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from billing.estimating.plan import Defaults, Plan, Resource
from billing.estimating.sources import read_plan
from tests.estimating.questions import at

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "eci-iac-samples"

MANIFESTS = """\
apiVersion: eci.alibabacloud.com/v1
kind: ImageCache
metadata: {name: web}
spec:
  images: ["nginx:1.10", "busybox:latest"]
  imageCacheSize: 25
  retentionDays: 7
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  template:
    metadata:
      annotations:
        k8s.aliyun.com/eci-auto-imc: "true"
    spec:
      containers:
      - {name: web, image: "nginx:1.10", resources: {requests: {cpu: 500m, memory: 512Mi}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly, namespace: batch}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      completions: 2
      template:
        metadata:
          annotations:
            k8s.aliyun.com/eci-image-cache: true
            k8s.aliyun.com/eci-extra-ephemeral-storage: 50Gi
            k8s.aliyun.com/eci-use-specs: 4-8Gi,ecs.c6.large
        spec:
          containers: [{name: job, image: "spark:3.5"}]
---
kind: Service
apiVersion: v1
metadata: {name: web}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  template:
    spec:
      containers: [{name: db, image: "postgres:17"}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec:
  template:
    metadata: {annotations: {k8s.aliyun.com/eci-imc-id: web}}
    spec:
      containers: [{name: job, image: "busybox:latest"}]
---
apiVersion: v1
kind: Pod
metadata: {name: one, annotations: {k8s.aliyun.com/eci-imc-id: imc-2ze5hdcnngenmwc1jmwf}}
spec:
  containers: [{name: one, image: "busybox:latest"}]
"""

SCENARIO = """\
region = "cn-hangzhou"
at = 2026-12-01

[[caches]]
name = "web"
size_gib = 40
snapshot_gib = 2.5
keep = "30d"
pull_time = "50s"

[[caches.instances]]
count = 10
run_time = "1h"
instance = "4c8g"
months = 3
growth = "10%"

[[caches]]
name = "ci"
creation_method = "automatic"
size_gib = 60

[[caches.instances]]
count = 100
run_time = "5m"
"""


def defaults(**said: Any) -> Defaults:
    """What `imcost estimate` takes where nothing is said, ready on 2026-12-01."""
    asked: dict[str, Any] = {
        "region": "cn-hangzhou",
        "region_given": False,
        "at_s": at("2026-12-01T00:00:00"),
        "size_gib": Decimal(20),
        "snapshot_gib": None,
        "build_s": 300,
        "keep_s": None,
        "run_s": None,
        "instances": None,
        "vcpu": Decimal(2),
        "memory_gib": Decimal(4),
        "extra_ephemeral_gib": None,
        "pull": None,
        "usage": {},
    }
    return Defaults(**(asked | said))


def plan_in(folder: Path, name: str, content: str, **said: Any) -> Plan:
    """The plan of a file with this content."""
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return read_plan(path, defaults(**said))


def by_address(plan: Plan) -> Mapping[str, Resource]:
    """The resources by their name."""
    return {resource.address: resource for resource in plan.resources}


def change(kind: str, address: str, before: Any, after: Any, **more: Any) -> dict[str, Any]:
    """One resource change of a plan."""
    actions = ["create"] if before is None else ["delete"] if after is None else ["update"]
    return {
        "address": address,
        "mode": "managed",
        "type": kind,
        "name": address.rpartition(".")[2],
        "change": {"actions": actions, "before": before, "after": after, "after_unknown": more},
    }


def terraform(*changes: dict[str, Any], **more: Any) -> str:
    """A plan as `terraform show -json` prints it."""
    return json.dumps(
        {"format_version": "1.2", "terraform_version": "1.9.8", "resource_changes": list(changes), **more}
    )
