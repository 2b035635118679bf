"""docs/estimates.md holds: its commands run on its own files, and so do those of its two CI examples, in a real repository."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.shell_blocks import Step, steps
from tests.estimating.files import change, terraform

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "estimates.md"
OUTSIDE = ("pip ", "gh ", "curl ")
"""What needs the network; everything else of the examples is run as it is written."""


def blocks() -> dict[str, str]:
    """The files that the page shows, by the name in their first line."""
    found = re.findall(r"```(?:toml|yaml)\n# (\S+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return dict(found)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which `imcost` is this project, and git needs no settings."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "imcost"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m billing.cli "$@"\n')
    program.chmod(0o755)
    who = {f"GIT_{role}_{part}": "me" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    found = {**os.environ, **who, "PATH": f"{folder}:{os.environ['PATH']}", "GIT_CONFIG_GLOBAL": os.devnull}
    return {name: value for name, value in found.items() if name != "IMCOST_WORKSPACE"}


def write_files(folder: Path) -> None:
    """The page's files, and a plan."""
    for name, text in blocks().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    cache = change("alicloud_eci_image_cache", "alicloud_eci_image_cache.a", None, {"images": ["a"]})
    (folder / "plan.json").write_text(terraform(cache))


def shell(
    script: str, folder: Path, environment: dict[str, str], **more: str
) -> subprocess.CompletedProcess[str]:
    """Run a script as CI does: it ends at the first failure."""
    return subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=folder,
        env=environment | more,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("step", steps(PAGE), ids=lambda step: f"line {step.line}")
def test_a_command_does_what_the_page_says(step: Step, tmp_path: Path, environment: dict[str, str]) -> None:
    write_files(tmp_path)
    done = shell(step.command, tmp_path, environment)
    assert done.returncode == 0, done.stderr
    assert step.prints(done.stdout) if step.expected else done.stdout == "", done.stdout


@pytest.fixture
def branch(tmp_path: Path, environment: dict[str, str]) -> Path:
    """A clone on a branch that wants more replicas than its base."""
    base = tmp_path / "base"
    base.mkdir()
    write_files(base)
    shell("git init -q -b main . && git add -A && git commit -q -m base", base, environment)
    clone = tmp_path / "clone"
    shell(f"git clone -q '{base}' '{clone}'", tmp_path, environment)
    manifest = clone / "deploy" / "caches.yaml"
    manifest.write_text(manifest.read_text().replace("replicas: 3", "replicas: 4"))
    return clone


def github() -> list[str]:
    """The scripts of the workflow's steps."""
    [job] = yaml.safe_load(blocks()[".github/workflows/image-caches.yaml"])["jobs"].values()
    return [step["run"] for step in job["steps"] if "run" in step]


def gitlab() -> list[str]:
    """The scripts of the job."""
    job: dict[str, Any] = yaml.safe_load(blocks()[".gitlab-ci.yml"])["image caches"]
    return [*job["script"], *job["after_script"]]


@pytest.mark.parametrize("scripts", [github, gitlab], ids=lambda scripts: scripts.__name__)
def test_the_ci_examples_comment_and_fail_over_the_limit(
    scripts: Any, branch: Path, environment: dict[str, str]
) -> None:
    variables = {"GITHUB_BASE_REF": "main", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
    wanted = [script for script in scripts() if not script.startswith(OUTSIDE)]
    assert len(wanted) == len(scripts()) - 2
    done = [shell(script, branch, environment, **variables) for script in wanted]
    # One more instance with a disk of 25 GiB for 720 hours at 0.0021: 37.8, which the policy of 50 lets pass.
    assert [each.returncode for each in done] == [0] * len(done), [each.stderr for each in done]
    comment = (branch / "comment.md").read_text()
    assert comment.startswith("### Image caches: 151.941131 CNY a month, +37.8 against before\n")
    assert "- ✅" in comment
    manifest = branch / "deploy" / "caches.yaml"
    manifest.write_text(
        manifest.read_text().replace("replicas: 4", "replicas: 5").replace("  retentionDays: 7\n", "")
    )
    done = [shell(script, branch, environment, **variables) for script in wanted]
    assert [each.returncode for each in done] == [0] * (len(done) - 1) + [1]
    comment = (branch / "comment.md").read_text()
    assert "- ❌ image caches: a month costs more than before:" in comment
    assert "against manual" in comment
