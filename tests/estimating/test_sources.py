"""Files that ask: what each kind of file is taken to want, and how hostile or broken ones are refused, quickly."""

import json
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from billing.errors import UsageError
from billing.estimating.cron import runs
from billing.estimating.plan_estimate import estimate_plan
from billing.estimating.question import MONTH_S
from billing.estimating.sources import read_plan
from billing.estimating.usage import read_usage
from rules.tariff import load
from tests.estimating.files import (
    MANIFESTS,
    SAMPLES,
    SCENARIO,
    by_address,
    change,
    defaults,
    plan_in,
    terraform,
)

CACHE, GROUP = "alicloud_eci_image_cache", "alicloud_eci_container_group"


def test_manifests(tmp_path: Path) -> None:
    plan = plan_in(tmp_path, "all.yaml", MANIFESTS)
    found = by_address(plan)
    assert list(found) == ["ImageCache/web", "CronJob/batch/nightly", "StatefulSet/db"]
    web = found["ImageCache/web"].after
    assert web is not None
    assert (web.option, web.question.keep_s) == ("manual", 7 * 86400 - 300)
    assert web.question.size_gib == 25
    deployment, job = web.question.groups
    assert (deployment.count, deployment.run_s, deployment.vcpu, deployment.memory_gib) == (
        3, MONTH_S, Decimal("0.5"), Decimal("0.5"),
    )  # fmt: skip
    assert (job.count, job.run_s) == (1, 3600)
    nightly = found["CronJob/batch/nightly"].after
    assert nightly is not None
    [group] = nightly.question.groups
    assert (nightly.option, group.count) == ("automatic", 60)
    assert (group.vcpu, group.extra_ephemeral_gib) == (Decimal(4), Decimal(50))
    assert "1h (--run-time" in found["CronJob/batch/nightly"].notes[0]
    alone = found["StatefulSet/db"].after
    assert alone is not None
    assert alone.option == "no_cache"
    assert [(each.address, "imc-2ze5hdcnngenmwc1jmwf" in each.reason) for each in plan.unpriced] == [
        ("Pod/one", True)
    ]


def test_run_time_and_usage_files_say_how_manifests_run(tmp_path: Path) -> None:
    usage = tmp_path / "usage.yaml"
    usage.write_text(
        "version: 0.1\nresource_usage:\n  CronJob/batch/nightly: {hours: 0.5, instances_per_month: 40}\n"
        "  StatefulSet/db: {run_time: 90m}\n"
    )
    found = by_address(plan_in(tmp_path, "all.yaml", MANIFESTS, run_s=7200, usage=read_usage(usage)))
    groups = [group for each in found.values() if each.after for group in each.after.question.groups]
    assert [(group.count, group.run_s) for group in groups] == [(3, 7200), (1, 7200), (40, 1800), (1, 5400)]
    usage.write_text("resource_usage: {x: {hour: 3}}")
    with pytest.raises(UsageError, match="unknown key 'hour'"):
        read_usage(usage)


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not here")
def test_the_public_manifests(tmp_path: Path) -> None:
    samples = json.loads((SAMPLES / "imagecache_manifests.json").read_text())
    for number, sample in enumerate(samples):
        plan = plan_in(tmp_path, f"{number}.yaml", yaml.safe_dump(sample["manifest"]))
        [resource] = plan.resources
        assert resource.after is not None
        spec = sample["manifest"]["spec"]
        assert resource.after.question.size_gib == spec.get("imageCacheSize", 20)
        assert resource.after.question.images == tuple(spec["images"])
        assert (resource.after.question.keep_s is None) == ("retentionDays" not in spec)


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not here")
def test_the_public_terraform_resources(tmp_path: Path) -> None:
    samples = json.loads((SAMPLES / "terraform_resources.json").read_text())
    changes = [
        change(each["type"], f"{each['type']}.{each['name']}[{number}]", None, each["attributes"])
        | {"mode": each["mode"]}
        for number, each in enumerate(samples)
    ]
    plan = plan_in(tmp_path, "plan.json", terraform(*changes))
    kinds = [each.address.split(".")[0] for each in plan.resources]
    assert (kinds.count(CACHE), kinds.count(GROUP)) == (3, 3)
    assert [each.address.split(".")[0] for each in plan.unpriced] == [
        "alicloud_ess_eci_scaling_configuration"
    ] * 2
    priced = estimate_plan(plan, load("alibaba-cn"))
    assert priced.complete
    assert priced.monthly_after > 0


def test_a_plan_is_priced_before_and_after(tmp_path: Path) -> None:
    small, large = (
        {"images": ["app:1"], "image_cache_size": 30},
        {"images": ["app:1"], "image_cache_size": 50},
    )
    group = {"cpu": 2, "memory": 4, "auto_match_image_cache": True, "containers": [{"image": "app:1"}]}
    plan = plan_in(
        tmp_path,
        "plan.json",
        terraform(
            change(CACHE, "alicloud_eci_image_cache.app", small, large, image_cache_id=True),
            change(GROUP, "alicloud_eci_container_group.app", None, group),
            change(CACHE, "alicloud_eci_image_cache.old", small, None),
            change(
                GROUP, "alicloud_eci_container_group.other", None, group | {"containers": [{"image": "x"}]}
            ),
            change("alicloud_vpc", "alicloud_vpc.net", None, {}),
        ),
    )
    found = by_address(plan)
    actions = {address: resource.action for address, resource in found.items()}
    assert actions == {
        "alicloud_eci_image_cache.app": "change",
        "alicloud_eci_container_group.other": "create",
        "alicloud_eci_image_cache.old": "delete",
    }
    app = found["alicloud_eci_image_cache.app"]
    assert app.before is not None
    assert app.after is not None
    assert (app.before.question.instances, app.after.question.instances) == (0, 1)
    priced = estimate_plan(plan, load("alibaba-cn"))
    rows = {each.resource.address: each for each in priced.resources}
    assert rows["alicloud_eci_image_cache.old"].monthly_after == 0
    assert (
        rows["alicloud_eci_image_cache.old"].difference
        == -rows["alicloud_eci_image_cache.old"].monthly_before
    )
    # 50 GiB × 720 h × 0.0021: the disk of the one instance; the rest is the cache's own.
    disk = rows["alicloud_eci_image_cache.app"].after
    assert disk is not None
    assert disk.total_by_charge["usage.cache_disk"] == Decimal("75.6")
    assert priced.difference == priced.monthly_after - priced.monthly_before


@pytest.mark.parametrize(
    ("more", "region"),
    [
        ({}, "cn-hangzhou"),
        ({"configuration": {"provider_config": {"alicloud": {"expressions": {"region": {"constant_value": "cn-beijing"}}}}}},
         "cn-beijing"),
        ({"configuration": {"provider_config": {"alicloud": {"expressions": {"region": {"references": ["var.r"]}}}}},
          "variables": {"r": {"value": "cn-shanghai"}}}, "cn-shanghai"),
    ],
)  # fmt: skip
def test_the_region_of_a_plan(tmp_path: Path, more: dict[str, object], region: str) -> None:
    text = terraform(change(CACHE, f"{CACHE}.a", None, {"images": ["a"]}), **more)
    [resource] = plan_in(tmp_path, "plan.json", text).resources
    assert resource.after is not None
    assert resource.after.question.region == region
    [asked] = plan_in(tmp_path, "plan.json", text, region="us-west-1", region_given=True).resources
    assert asked.after is not None
    assert asked.after.question.region == "us-west-1"


def test_scenarios(tmp_path: Path) -> None:
    found = by_address(plan_in(tmp_path, "s.toml", SCENARIO))
    web, ci = found["web"].after, found["ci"].after
    assert web is not None
    assert ci is not None
    assert [group.count for group in web.question.groups] == [10, 11, 12]  # 10, 11, 12.1
    assert [group.start_s for group in web.question.groups] == [0, MONTH_S, 2 * MONTH_S]
    assert web.question.groups[0].vcpu == 4
    assert (ci.option, ci.question.instances) == ("automatic", 100)
    priced = estimate_plan(plan_in(tmp_path, "s.toml", SCENARIO), load("alibaba-cn"))
    months = priced.resources[0].after
    assert months is not None
    assert len(months.months) == 3
    # The disks of the second and third month: 11 and 12 instances of 40 GiB for an hour at 0.0021.
    assert months.months[1:] == (Decimal("0.924"), Decimal("1.008"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[caches]]\nsize = 3", "unknown key 'size'"),
        ("[[caches]]\ncreation_method = 'auto'", "creation_method = 'auto'"),
        ("[[caches]]\ncreation_method = 'automatic'\ninstant = true", "an automatic cache can't be instant"),
        ("[[caches]]\ncreation_method = 'automatic'\nkeep = '3d'", "an automatic cache has no retention"),
        ("[[caches]]\nsize_gib = 5", "a cache has 20 to 32768 GiB, not 5"),
        ("[[caches]]\nimages = [" + "'a'," * 21 + "]", "at most 20 images, not 21"),
        ("[[caches]]\nimages = 'a'", "images is no list"),
        ("[[caches]]\ninstant = 'yes'", "instant is 'yes'"),
        ("[[caches]]\n[[caches.instances]]\nrun_time = '-3h'", "'-3h' is negative"),
        ("[[caches]]\n[[caches.instances]]\ncount = 1.5", "'1.5' is no count"),
        ("[[caches]]\n[[caches.instances]]\ncount = 9\nmonths = 2\ngrowth = 'fast'", "growth = 'fast'"),
        ("[[caches]]\n[[caches.instances]]\ncount = 999999\nmonths = 120\ngrowth = 9", "growth leads to"),
        ("[[caches]]\n[[caches.instances]]\ngrowth = '10%'", "growth needs months"),
        ("[[caches]]\nname = 'a'\n[[caches]]\nname = 'a'", "two caches are called 'a'"),
        ("caches = 3", "caches is no list of tables"),
        ("at = 'soon'", "at: 'soon'"),
        ("at = 2026-12-01T00:00:00\n", "names no zone"),
        ("[[caches]]\nsize_gib = inf", "'Infinity' is no size"),
        ("a = [" + "[" * 5000, "no TOML"),
        ("= 3", "no TOML"),
        ("", "nothing in it is a cache"),
    ],
)  # fmt: skip
def test_bad_scenarios(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        plan_in(tmp_path, "s.toml", text)
    assert said in str(refused.value)
    assert "s.toml" in str(refused.value)
    assert refused.value.hint


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
)
MERGES = "a: &a {x: 1, y: 2}\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} {{<<: [{', '.join([f'*{chr(97 + n)}'] * 9)}]}}\n" for n in range(9)
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LAUGHS, "unfolds to more than can be read"),
        (MERGES, "unfolds to more than can be read"),
        ("a: &a [*a]", "unfolds to more than can be read"),
        ("[" * 5000, "exceeded maximum nesting depth"),
        ("[" * 100 + "]" * 100, "nests too deeply"),
        ("a: [" + "1," * 450_000 + "]", "is too long"),
        ("a: !!python/object/apply:os.system [ls]", "no YAML"),
        ("a: [1", "no YAML"),
        ("a: *b", "no YAML"),
        ("\x00", "no YAML"),
        ("kind: Service", "nothing in it is a cache"),
        ("kind: Deployment\nspec: {replicas: -3}", "'-3' is no count"),
        ("kind: CronJob\nspec: {schedule: often}", "'often' is no schedule"),
        ("kind: ImageCache\napiVersion: eci.alibabacloud.com/v1\nspec: {}", "needs spec.images"),
        ("kind: ImageCache\napiVersion: eci.alibabacloud.com/v1\nspec: {images: [a], imageCacheSize: 3}", "20 to 32768"),
        ("kind: Job\nmetadata: {name: a}\n---\nkind: Job\nmetadata: {name: a}", "Job/a stands twice"),
    ],
)  # fmt: skip
def test_bad_manifests_are_refused_quickly(tmp_path: Path, text: str, said: str) -> None:
    begun = time.monotonic()
    with pytest.raises(UsageError) as refused:
        plan_in(tmp_path, "m.yaml", text)
    assert said in str(refused.value)
    assert "m.yaml" in str(refused.value)
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "no plan of Terraform"),
        ("[]", "no plan of Terraform"),
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON that can be read"),
        ('{"resource_changes": NaN}', "no JSON that can be read"),
        (terraform(), "nothing in it is a cache"),
        (
            terraform(change(CACHE, "a.b", None, {"images": ["a"], "image_cache_size": -3})),
            "'-3' is negative",
        ),
        (
            terraform(*(change(CACHE, f"a.b{n}", None, {}) for n in range(2001))),
            "2001 resources are too many",
        ),
    ],
)
def test_bad_plans(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        plan_in(tmp_path, "plan.json", text)
    assert said in str(refused.value)


def test_a_plan_of_50_mb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    with path.open("wb") as file:
        file.truncate(50 * 10**6)
    with pytest.raises(UsageError, match="more than 32 MiB"):
        _read(path)


def _read(path: Path) -> None:
    read_plan(path, defaults())


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no kind of file"):
        plan_in(tmp_path, "main.tf", "")
    with pytest.raises(UsageError, match="can't be read"):
        _read(tmp_path / "absent.yaml")


@pytest.mark.parametrize(
    ("schedule", "count"),
    [("0 3 * * *", 30), ("*/15 * * * *", 2880), ("0 0 1 * *", 1), ("0 9-17 * * mon-fri", 198), ("@hourly", 720),
     ("0 0 13 * 5", 5), ("0,30 8 * * 0", 8), ("0 0 31 feb *", 0), ("60 * * * *", None), ("* * * *", None), ("x", None)],
)  # fmt: skip
def test_how_often_a_schedule_fires_in_30_days(schedule: str, count: int | None) -> None:
    assert runs(schedule, date(2026, 12, 1), 30) == count
