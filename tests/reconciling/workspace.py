"""Workspaces with our side's records in them, and reconciling in one step."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from billing.importing.opening import Request
from billing.importing.run import run
from billing.reconciling import Reconciliation, Tolerance, reconcile
from billing.store import create_store, open_store
from billing.workspace import Workspace
from rules.period import parse_month
from rules.tariff import load
from tests.reconciling.paper import caches_csv, instances_csv
from tests.reconciling.provider import Cache, Instance

LATER = datetime(2026, 11, 10, tzinfo=UTC)

TARIFF = """
[tariff]
id = "ours"
base = "alibaba-cn"
"""
ENTRY = """
[[rates]]
rate = "{rate}"
region = "cn-beijing"
price = "{price}"
per = "{per}"
from = 2021-07-01
source = "made for a test"
read = "2026-11"
trust = "own"
"""
PRICED = TARIFF + "".join(
    ENTRY.format(rate=rate, price=price, per=per)
    for rate, price, per in (("ebs.essd_pl1", "0.0021", "GiB-hour"), ("ebs.snapshot", "0.12", "GiB-month"))
)
"""The shipped tariff has no disk prices for Beijing."""


class Books:
    """A workspace that holds our records of some caches and instances."""

    def __init__(self, folder: Path, caches: Sequence[Cache], instances: Sequence[Instance]) -> None:
        self.folder = folder
        self.workspace = Workspace(folder / "ws")
        create_store(self.workspace)
        self.tariff = folder / "ours.toml"
        self.tariff.write_text(PRICED, encoding="utf-8")
        (folder / "caches.csv").write_text(caches_csv(caches), encoding="utf-8")
        (folder / "instances.csv").write_text(instances_csv(instances), encoding="utf-8")
        paths = [str(folder / "caches.csv"), str(folder / "instances.csv")]
        run(self.workspace, Request(paths, now="2026-11-06T00:00:00Z"), stdin=io.BytesIO())

    def reconcile(self, files: Mapping[str, bytes], tolerance: Tolerance | None = None) -> Reconciliation:
        """October against a bill of these files, written beside the workspace."""
        for name, content in files.items():
            (self.folder / name).write_bytes(content)
        with open_store(self.workspace).reader() as reader:
            return reconcile(
                reader,
                parse_month("2026-10"),
                [str(self.folder / name) for name in files],
                as_of=LATER,
                tariff=load(str(self.tariff)),
                tolerance=tolerance,
            )
