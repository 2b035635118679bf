"""docs/alerts.md holds: its commands run, its settings are the defaults, its five lines verify, its metrics exist."""

import json
import os
import re
import subprocess
import sys
import time
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from billing.alerting.channels.prometheus import METRICS
from billing.alerting.channels.webhook import signature
from billing.alerting.reading import read_alerts
from billing.settings import read_settings
from tests.alerting.exposition import read_exposition
from tests.docs.shell_blocks import Step, steps
from tests.made_demo import AS_OF, copied_demo

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "alerts.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = ROOT / "docs" / "examples"
STEPS = steps(PAGE)
NAMES = {metric.name for metric in METRICS}


def block(language: str, number: int = 0) -> str:
    """The page's code block of that language."""
    return str(re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)[number])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a demo's workspace, whose alerts were never checked."""
    found = tmp_path_factory.mktemp("alerts")
    copied_demo(found / "ws", tmp_path_factory)
    return found


def run(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a line of the page."""
    program = folder / "imcost"
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m billing.cli --as-of {AS_OF} "$@"\n'
    )
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "IMCOST_WORKSPACE": "ws"}
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_every_command_runs_and_prints_what_the_page_says(folder: Path) -> None:
    assert len(STEPS) >= 7
    for step in STEPS:
        check_step(folder, step)


def check_step(folder: Path, step: Step) -> None:
    done = run(folder, step.command)
    assert done.returncode == 0, f"{step.command}: {done.stderr}"
    assert step.prints(done.stdout) if step.expected else done.stdout == "", f"{step.command}:\n{done.stdout}"


def test_the_settings_are_understood_and_the_quotas_are_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "imcost.toml"
    path.write_text(block("toml"), encoding="utf-8")
    found = read_alerts(read_settings(path), path)
    default = read_alerts(read_settings(tmp_path / "none.toml"), path)
    assert found.quotas == default.quotas
    assert found.health == default.health
    assert found.notify.repeat_s == default.notify.repeat_s
    assert found.budgets[0].budget.monthly == Decimal(5000)


def test_five_lines_verify_a_webhook() -> None:
    code = block("python")
    body_lines = [line for line in code.partition("def is_ours")[2].splitlines()[1:] if line.strip()]
    assert len(body_lines) <= 5
    names: dict[str, Any] = {}
    exec(compile(code, str(PAGE), "exec"), names)
    timestamp, body = str(int(time.time())), b'{"key": "1"}'
    headers = {"Imcost-Timestamp": timestamp, "Imcost-Signature": signature("s", timestamp, body)}
    assert names["is_ours"]("s", headers, body)
    assert not names["is_ours"]("other", headers, body)
    assert not names["is_ours"]("s", headers, body + b" ")
    old = str(int(timestamp) - 3600)
    assert not names["is_ours"](
        "s", {"Imcost-Timestamp": old, "Imcost-Signature": signature("s", old, body)}, body
    )


def queries(value: Any) -> list[str]:
    """Every query of a document, wherever in it."""
    if isinstance(value, dict):
        own = [found for key in ("expr", "query") if isinstance(found := value.get(key), str)]
        return own + [found for each in value.values() for found in queries(each)]
    if isinstance(value, list):
        return [found for each in value for found in queries(each)]
    return []


@pytest.mark.parametrize("name", ["prometheus-rules.yml", "grafana-dashboard.json"])
def test_examples_ask_for_metrics_that_are_exported(name: str) -> None:
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    document = yaml.safe_load(text) if name.endswith(".yml") else json.loads(text)
    asked = {found for query in queries(document) for found in re.findall(r"\bimcost_[a-z_]+", query)}
    assert len(asked) > 5
    assert asked <= NAMES


def test_rules_have_what_prometheus_asks_for() -> None:
    document = yaml.safe_load((EXAMPLES / "prometheus-rules.yml").read_text(encoding="utf-8"))
    assert set(document) == {"groups"}
    names = []
    for group in document["groups"]:
        assert set(group) <= {"name", "interval", "rules"}
        for rule in group["rules"]:
            assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
            assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", rule["alert"])
            assert re.fullmatch(r"[0-9]+[smhd]", rule.get("for", "0s"))
            assert rule["expr"].count("(") == rule["expr"].count(")")
            assert set(rule["annotations"]) == {"summary", "description"}
            names.append(rule["alert"])
    assert len(names) == len(set(names))


def test_the_dashboards_panels_have_a_place_each() -> None:
    board = json.loads((EXAMPLES / "grafana-dashboard.json").read_text(encoding="utf-8"))
    cells = [
        (x, y)
        for panel in board["panels"]
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_the_written_metrics_can_be_read_and_keep_to_the_conventions(folder: Path) -> None:
    settings = folder / "ws" / "imcost.toml"
    settings.write_text(
        settings.read_text()
        + '\n[[alerts.budget]]\nname = "a \\"b\\" \\\\ c"\nmonthly = "100000"\nactual = ["80%"]\n'
    )
    done = run(folder, "imcost alerts check --prometheus out/imcost.prom")
    assert done.returncode == 0, done.stderr
    samples = read_exposition((folder / "out" / "imcost.prom").read_text(encoding="utf-8"))
    assert {sample.name for sample in samples} <= NAMES
    assert {sample.labels.get("budget") for sample in samples} >= {None, 'a "b" \\ c'}
    assert [path.name for path in (folder / "out").iterdir()] == ["imcost.prom"]


def test_the_units_run_the_command_that_the_page_describes() -> None:
    service, timer = block("ini", 0), block("ini", 1)
    for section in (
        "[Unit]",
        "[Service]",
        "ExecStart=/usr/local/bin/imcost alerts check",
        "SuccessExitStatus=1",
    ):
        assert section in service
    for section in ("[Timer]", "OnCalendar=*:0/5", "Persistent=true", "WantedBy=timers.target"):
        assert section in timer
    assert re.search(r"^\*/5 .*imcost alerts check", TEXT, re.MULTILINE)
    tomllib.loads(block("toml"))
