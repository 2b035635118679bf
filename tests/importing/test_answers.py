"""The provider's own answers: what becomes of their fields, what has to be derived, and what they leave as it was."""

import json
from pathlib import Path
from typing import Any

import pytest

from billing.importing.formats.describe_container_groups import instance_rows
from billing.importing.formats.describe_image_caches import cache_rows
from billing.importing.formats.list_usage import quota_rows
from billing.importing.refusal import InputRefused
from billing.store import open_store
from billing.workspace import Workspace
from tests.importing.answers import T0, T1, T2, T3, event, group, image_cache, page
from tests.importing.reading import DATA, current, import_, write

EXAMPLES = DATA / "alibaba-openapi-examples"
IAC = DATA / "eci-iac-samples"

HIT = "[eci.imagecache]Successfully hit image cache imc-2ze5hdcnngenmwc1jmwf, eci will be scheduled with this image cache."


@pytest.mark.parametrize(
    ("events", "cache_id"),
    [
        ([event("SuccessfulHitImageCache", T0, HIT)], "imc-2ze5hdcnngenmwc1jmwf"),
        (
            [event("SuccessfulHitImageCache", T0, "Successfully hit image cache imc-bp195erqe9o2pb09****.")],
            "imc-bp195erqe9o2pb09****",
        ),
        ([event("ImageCacheAutoCreated", T0, "[eci.imagecache]Image cache imc-new is auto created")], None),
        (
            [
                event("ImageCacheMissed", T0, "Missed image cache."),
                event("ImageCacheAutoCreated", T0, "imc-new"),
            ],
            None,
        ),
        (
            [
                event("SuccessfulHitImageCache", T2, "hit image cache imc-last"),
                event("SuccessfulHitImageCache", T1, "hit image cache imc-first"),
            ],
            "imc-last",
        ),
        ([event("SuccessfulHitImageCache", T0, "hit image cache")], None),
        ([event("ImageCacheNotFound", T0, "The specified image cache imc-x does not exist.")], None),
        ([], None),
    ],
)
def test_an_instance_used_the_cache_of_its_last_hit(
    events: list[dict[str, Any]], cache_id: str | None
) -> None:
    """An automatic creation is no use of a cache, nor is a miss."""
    (row,) = instance_rows(group(Events=events))
    assert row["cache_id"] == cache_id


@pytest.mark.parametrize(
    ("fields", "started_at", "ended_at", "derived"),
    [
        ({"Events": [event("Pulling", T1, last=T2), event("Pulling", T2)]}, T1, None, None),
        ({}, T0, None, "started_at"),
        ({"Events": [event("Pulling", T1), event("StopCharge", T2)]}, T1, T2, None),
        (
            {"Status": "Succeeded", "SucceededTime": T3, "Events": [event("StopCharge", T2)]},
            T0,
            T2,
            "started_at",
        ),
        ({"Status": "Succeeded", "SucceededTime": T3, "FailedTime": T1}, T0, T3, "started_at"),
        ({"Status": "Failed", "SucceededTime": T3, "FailedTime": T1}, T0, T1, "started_at"),
        ({"Status": "Expired", "ExpiredTime": T2}, T0, T2, "started_at"),
        ({"Status": "Terminating", "FailedTime": T2}, T0, T2, "started_at"),
        ({"Status": "Running", "SucceededTime": T2}, T0, None, "started_at"),
        ({"Status": "ScheduleFailed"}, T0, T0, "started_at,ended_at"),
    ],
)
def test_an_instance_runs_from_pulling_to_its_end(
    fields: dict[str, Any], started_at: str, ended_at: str | None, derived: str | None
) -> None:
    """Without an event of pulling the start is derived; an instance that never ran has no length."""
    (row,) = instance_rows(group(**fields))
    assert (row["started_at"], row["ended_at"], row["derived"]) == (started_at, ended_at, derived)


@pytest.mark.parametrize(
    ("fields", "ready_at", "failed_at", "observed"),
    [
        ({}, None, None, "true"),
        ({"Events": [event("Started", T1, "Successfully check image cache resource.")]}, None, None, "true"),
        ({"Events": [event("Pulled", T1, "Successfully pulled image nginx")]}, None, None, "true"),
        ({"Events": [event("Creating", T1, "Start to create snapshot")]}, None, None, "true"),
        ({"Events": [event("Created", T1, "Successfully created snapshot s-1")]}, T1, None, "true"),
        ({"Events": [event("Created", T1, "Successfully create image cache imc-1.")]}, T1, None, "true"),
        ({"Events": [event("Ready", T1, "done")]}, T1, None, "true"),
        ({"Events": [event("Ready", T1, "done", "Warning")]}, None, None, "true"),
        ({"Events": [event("Ready", T2), event("Ready", T1)]}, T1, None, "true"),
        (
            {"FlashSnapshotId": "s-f", "Events": [event("Created", T1, "Successfully created snapshot s-1")]},
            None,
            None,
            "true",
        ),
        (
            {"FlashSnapshotId": "s-f", "Events": [event("Created", T1, "image cache is ready")]},
            T1,
            None,
            "true",
        ),
        ({"Events": [event("Ready", T1)] * 50}, None, None, "true"),
        ({"Status": "UpdateFailed"}, None, None, "true"),
        (
            {"Status": "Creating", "Events": [event("Created", T1, "Successfully created snapshot s-1")]},
            None,
            None,
            None,
        ),
        (
            {
                "Status": "Failed",
                "Events": [event("Failed", T2, "failed to pull", "Warning"), event("x", T3)],
            },
            None,
            T2,
            None,
        ),
        ({"Status": "Failed", "Events": [event("Deleted", T3)]}, None, T3, None),
        ({"Status": "Failed"}, None, None, None),
    ],
)
def test_a_cache_is_ready_when_an_event_says_so(
    fields: dict[str, Any], ready_at: str | None, failed_at: str | None, observed: str | None
) -> None:
    """Only an event that says that the cache or its snapshot is made; where earlier ones may be gone, none."""
    (row,) = cache_rows(image_cache(**fields))
    assert (row["ready_at"], row["failed_at"], row["ready_observed"]) == (ready_at, failed_at, observed)
    assert row["derived"] == ("ready_at" if ready_at else "failed_at" if failed_at else None)


def test_quotas_of_image_caches_only() -> None:
    """A fractional use of vCPU is none of ours."""
    attributes = {
        "MaxImageCacheCount": "500",
        "UsedImageCacheCount": "0",
        "MaxAutoImageCacheCount": "25",
        "UsedCpu": "16.5",
    }
    assert quota_rows(attributes) == [
        {"quota": "manual_image_caches", "limit": "500", "used": "0"},
        {"quota": "automatic_image_caches", "limit": "25", "used": None},
    ]


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason=f"the provider's examples are not at {EXAMPLES}")
def test_the_providers_own_examples(tmp_path: Path) -> None:
    """Each example is field by field, not one consistent record; what they carry is kept."""
    names = (
        "eci.DescribeImageCaches",
        "eci.DescribeContainerGroups",
        "ecs.DescribeSnapshots",
        "eci.ListUsage",
    )
    files = [EXAMPLES / f"{name}.res.json" for name in names]
    summary = import_(tmp_path / "ws", *files, account="1", region="cn-hangzhou")
    kinds = [(batch.kind, batch.read, batch.new, batch.unchanged) for batch in summary.batches]
    assert kinds == [("caches", 1, 1, 0), ("instances", 1, 1, 0), ("snapshots", 1, 0, 1), ("quotas", 2, 2, 0)]
    (cache,) = current(tmp_path / "ws", "caches").values()
    assert (cache["region"], cache["size_micro"], cache["instant"]) == ("cn-beijing", 20_000_000, True)
    assert (cache["ready_at"], cache["ready_observed"], cache["creation_method"]) == (None, True, "manual")
    assert (cache["elimination_strategy"], cache["tags"]) == ("LRU", '{"imc":"test"}')
    assert (cache["expires_at"], cache["snapshot_micro"]) == ("2019-11-10T09:00:48", None)
    (instance,) = current(tmp_path / "ws", "instances").values()
    assert (instance["extra_ephemeral_micro"], instance["cache_id"]) == (20_000_000, None)
    assert (instance["started_at"], instance["ended_at"], instance["derived"]) == (
        "2018-08-02T15:00:00",
        None,
        "started_at",
    )
    quotas = open_store(Workspace(tmp_path / "ws")).quota_observations()
    assert [(each.quota, each.limit, each.used) for each in quotas] == [
        ("automatic_image_caches", 25, 4),
        ("manual_image_caches", 500, 0),
    ]
    assert import_(tmp_path / "ws", *files, account="1", region="cn-hangzhou").total("unchanged") == 5


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason=f"the provider's examples are not at {EXAMPLES}")
def test_a_folder_of_answers_is_read_for_what_it_has(tmp_path: Path) -> None:
    """Answers of other operations in a folder are left alone and named; on the command line they are refused."""
    summary = import_(tmp_path / "ws", EXAMPLES, account="1", region="cn-hangzhou")
    assert {batch.kind for batch in summary.batches} == {"caches", "instances", "snapshots", "quotas"}
    assert any("other operations" in note for note in summary.notes)
    with pytest.raises(InputRefused, match="carries no usage records"):
        import_(tmp_path / "ws", EXAMPLES / "ecs.DescribePrice.res.json")


@pytest.mark.skipif(not IAC.is_dir(), reason=f"the samples are not at {IAC}")
def test_events_as_they_were_seen(tmp_path: Path) -> None:
    """The real events of a miss with an automatic creation, and of two hits."""
    seen = json.loads((IAC / "pod_annotations_and_events.json").read_text())["observed_events"]
    groups = [
        group(
            ContainerGroupId=f"eci-{n}",
            Events=[event(text.split()[0], T0, text) for text in case["events"]],
        )
        for n, case in enumerate(seen)
    ]
    import_(tmp_path / "ws", write(tmp_path / "f", page("ContainerGroups", *groups)), account="1")
    used = [row["cache_id"] for row in current(tmp_path / "ws", "instances").values()]
    assert used == [None, "imc-2ze5hdcnngenmwc1jmwf", "imc-6we5ooph73mvgk9hnfdp"]
