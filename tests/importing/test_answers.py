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
from tests.importing.reading import CACHE, DATA, INSTANCE, csv_of, current, import_, read, write

EXAMPLES = DATA / "alibaba-openapi-examples"
IAC = DATA / "eci-iac-samples"
T0, T1, T2, T3 = (f"2026-10-01T0{hour}:00:00Z" for hour in range(4))


def event(
    reason: str, at: str, message: str = "", type_: str = "Normal", last: str | None = None
) -> dict[str, Any]:
    """One event as the provider has it."""
    return {
        "Reason": reason,
        "Message": message,
        "Type": type_,
        "FirstTimestamp": at,
        "LastTimestamp": last or at,
        "Count": 1,
        "Name": "x",
    }


def group(**fields: Any) -> dict[str, Any]:
    """An instance as DescribeContainerGroups has it."""
    return {
        "ContainerGroupId": "eci-1",
        "RegionId": "cn-hangzhou",
        "Status": "Running",
        "CreationTime": T0,
        "Cpu": "2.0",
        "Memory": "4.0",
        **fields,
    }


def image_cache(**fields: Any) -> dict[str, Any]:
    """A cache as DescribeImageCaches has it."""
    return {
        "ImageCacheId": "imc-1",
        "RegionId": "cn-hangzhou",
        "ImageCacheName": "mine",
        "ImageCacheSize": "20",
        "Status": "Ready",
        "CreationTime": T0,
        **fields,
    }


def page(key: str, *records: Any, total: int | None = None) -> str:
    """One answer as JSON."""
    return json.dumps(
        {"RequestId": "1", key: list(records)} | ({} if total is None else {"TotalCount": total})
    )


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


CACHE_PAGE = {"RequestId": "1", "ImageCaches": [image_cache()]}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (json.dumps(CACHE_PAGE), 1),
        (json.dumps(CACHE_PAGE, indent=2), 4),
        (json.dumps({"headers": {}, "statusCode": 200, "body": CACHE_PAGE}, indent=1), 7),
        (json.dumps({"action": "DescribeImageCaches", "example": CACHE_PAGE, "fields": {}}), 1),
        (json.dumps([CACHE_PAGE]), 1),
        (json.dumps([{"body": CACHE_PAGE}], indent=1), 6),
        ("\n\n" + json.dumps(CACHE_PAGE) + "\n", 3),
        ("\ufeff" + json.dumps(CACHE_PAGE), 1),
        (json.dumps(CACHE_PAGE).replace("imc-1", "imc-\\u0031"), 1),
    ],
    ids=[
        "bare",
        "indented",
        "from an SDK",
        "an example",
        "array",
        "array from an SDK",
        "after empty lines",
        "bom",
        "escaped",
    ],
)
def test_an_answer_is_found_however_it_is_wrapped(tmp_path: Path, text: str, line: int) -> None:
    """A rejected record's line is the one on which it begins."""
    found = read(write(tmp_path / "f", text), account="1")
    assert [row["cache_id"] for row in found.good] == ["imc-1"]
    bad = text.replace('"20"', '"0"')
    assert read(write(tmp_path / "g", bad), account="1").codes == [(line, "out_of_range")]


@pytest.mark.parametrize(
    "join", ["\n", "\n\n", ",", ""], ids=["lines", "empty lines between", "array", "one after the other"]
)
def test_a_stream_of_pages_is_one_file(tmp_path: Path, join: str) -> None:
    """JSON lines, an array, or answers one after the other."""
    pages = [page("ImageCaches", image_cache(ImageCacheId=f"imc-{n}")) for n in range(3)]
    text = join.join(pages)
    found = read(write(tmp_path / "f", f"[{text}]" if join == "," else text), account="1")
    assert [(row["line"], row["cache_id"]) for row in found.good] == [
        (1, "imc-0"),
        (2, "imc-1"),
        (3, "imc-2"),
    ]


def test_an_answer_changes_only_what_it_carries(tmp_path: Path) -> None:
    """What a file said before stays; what an answer says to be empty is empty."""
    ws = tmp_path / "ws"
    record = {
        **CACHE,
        "account_id": "1",
        "region": "cn-hangzhou",
        "created_at": T0,
        "snapshot_gib": "2",
        "ready_at": T1,
        "creation_method": "manual",
        "elimination_strategy": "LRU",
        "retention_days": "7",
        "cache_name": "auto-create-for-x",
        "observed_at": T2,
    }
    import_(ws, write(tmp_path / "c.csv", csv_of([record])))
    answer = page(
        "ImageCaches",
        image_cache(LastMatchedTime=T3, EliminationStrategy="", Tags=[{"Key": "k", "Value": "v"}]),
    )
    import_(ws, write(tmp_path / "f", answer), account="1")
    (cache,) = current(ws, "caches").values()
    assert (cache["snapshot_micro"], cache["ready_at"], cache["retention_days"]) == (2_000_000, T1[:-1], 7)
    assert (cache["creation_method"], cache["cache_name"], cache["tags"]) == ("manual", "mine", '{"k":"v"}')
    assert not cache["elimination_strategy"]
    import_(
        ws,
        write(tmp_path / "g", page("ImageCaches", image_cache(Tags=[]))),
        account="1",
        now="2026-11-25T00:00:00Z",
    )
    (cache,) = current(ws, "caches").values()
    assert json.loads(cache["tags"] or "{}") == {}


def test_a_start_that_was_seen_is_not_replaced_by_a_derived_one(tmp_path: Path) -> None:
    """The event of pulling is gone after a while; the start that it told stays."""
    ws = tmp_path / "ws"
    first, later = group(Events=[event("Pulling", T1)]), group(Status="Succeeded", SucceededTime=T3)
    import_(ws, write(tmp_path / "f", page("ContainerGroups", first)), account="1")
    import_(
        ws, write(tmp_path / "g", page("ContainerGroups", later)), account="1", now="2026-11-25T00:00:00Z"
    )
    (instance,) = current(ws, "instances").values()
    assert (instance["started_at"], instance["ended_at"]) == (T1[:-1], T3[:-1])


def test_a_complete_snapshot_shows_that_its_cache_is_ready(tmp_path: Path) -> None:
    """It gives no size and no time; snapshots of no known cache are counted and said."""
    ws = tmp_path / "ws"
    caches = page(
        "ImageCaches",
        image_cache(Status="Creating", SnapshotId="s-1"),
        image_cache(ImageCacheId="imc-2", Status="Creating", SnapshotId="s-2"),
    )
    snapshots = {
        "Snapshots": {
            "Snapshot": [
                {
                    "SnapshotId": "s-1",
                    "Status": "accomplished",
                    "SourceDiskSize": "40",
                    "RegionId": "cn-hangzhou",
                },
                {
                    "SnapshotId": "s-2",
                    "Status": "progressing",
                    "SourceDiskSize": "40",
                    "RegionId": "cn-hangzhou",
                },
                {
                    "SnapshotId": "s-3",
                    "Status": "accomplished",
                    "SourceDiskSize": "40",
                    "RegionId": "cn-hangzhou",
                },
            ]
        }
    }
    files = write(tmp_path / "s", json.dumps(snapshots)), write(tmp_path / "c", caches)
    summary = import_(ws, *files, account="1")
    assert [(b.kind, b.read, b.new, b.revised, b.unchanged) for b in summary.batches] == [
        ("snapshots", 3, 0, 1, 2),
        ("caches", 2, 2, 0, 0),
    ]
    assert any("1 snapshots belong to no known" in note for note in summary.notes)
    found = current(ws, "caches")
    assert {name: (row["ready_observed"], row["snapshot_micro"]) for name, row in found.items()} == {
        "imc-1": (True, None),
        "imc-2": (False, None),
    }
    assert found["imc-1"]["cache_name"] == "mine"


def known(ws: Path, tmp_path: Path) -> None:
    """Three caches known in one region, one in another."""
    rows = [image_cache(ImageCacheId=f"imc-{n}") for n in range(3)] + [
        image_cache(ImageCacheId="imc-far", RegionId="cn-beijing")
    ]
    import_(
        ws, write(tmp_path / "known", page("ImageCaches", *rows)), account="1", now="2026-10-02T00:00:00Z"
    )


def open_caches(ws: Path) -> set[str]:
    """The caches that did not end."""
    return {name for name, row in current(ws, "caches").items() if row["deleted_at"] is None}


def test_pages_that_reach_the_total_end_what_they_lack(tmp_path: Path) -> None:
    """In their own region only; two pages in two files are one stream."""
    known(tmp_path / "ws", tmp_path)
    pages = [page("ImageCaches", image_cache(ImageCacheId=f"imc-{n}"), total=2) for n in range(2)]
    files = [write(tmp_path / f"page{n}", text) for n, text in enumerate(pages)]
    assert import_(tmp_path / "ws", files[0], account="1").total("ended") == 0
    assert (
        import_(
            tmp_path / "ws",
            *files,
            account="1",
            now="2026-11-25T00:00:00Z",
            observed_at="2026-11-25T00:00:00Z",
        ).total("ended")
        == 1
    )
    assert open_caches(tmp_path / "ws") == {"imc-0", "imc-1", "imc-far"}
    ended = current(tmp_path / "ws", "caches")["imc-2"]
    assert (ended["deleted_at"], ended["derived"].split(",")[-1]) == ("2026-11-25T00:00:00", "deleted_at")


def test_a_list_with_rejected_rows_is_not_complete(tmp_path: Path) -> None:
    """The rejected record may be the one that seems to be missing."""
    known(tmp_path / "ws", tmp_path)
    text = page(
        "ImageCaches",
        image_cache(ImageCacheId="imc-0"),
        image_cache(ImageCacheId="imc-1", ImageCacheSize="0"),
        total=2,
    )
    summary = import_(tmp_path / "ws", write(tmp_path / "page", text), account="1")
    assert (summary.total("rejected"), summary.total("ended")) == (1, 0)
    assert any("not taken to be complete" in note for note in summary.notes)


def test_a_file_that_is_said_to_be_complete_ends_what_it_lacks(tmp_path: Path) -> None:
    """--complete, for any format."""
    ws = tmp_path / "ws"
    rows = [{**INSTANCE, "instance_id": f"i{n}"} for n in range(3)]
    import_(ws, write(tmp_path / "a.csv", csv_of(rows)), now="2026-10-02T00:00:00Z")
    summary = import_(ws, write(tmp_path / "b.csv", csv_of(rows[:2])), complete=True)
    assert summary.total("ended") == 1
    assert current(ws, "instances")["i2"]["ended_at"] == "2026-11-24T00:00:00"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (page("ContainerGroups", group()), "DescribeContainerGroups answers do not say their account"),
        (
            json.dumps({"Attributes": {"MaxImageCacheCount": 5}}),
            "ListUsage answers do not say their account and region",
        ),
    ],
)
def test_what_an_answer_does_not_say_must_be_given(tmp_path: Path, text: str, says: str) -> None:
    """The account is in no answer, the region in most."""
    with pytest.raises(InputRefused, match=says):
        read(write(tmp_path / "f", text))


def test_answers_of_two_kinds_do_not_share_a_file(tmp_path: Path) -> None:
    """The place of the second kind is told."""
    text = page("ImageCaches", image_cache()) + "\n" + page("ContainerGroups", group())
    with pytest.raises(InputRefused, match=r"f:2\)"):
        read(write(tmp_path / "f", text), account="1")


def test_a_null_list_is_an_empty_one(tmp_path: Path) -> None:
    """Some SDKs write null for nothing."""
    assert read(write(tmp_path / "f", '{"ImageCaches": null, "RequestId": "1"}'), account="1").good == []
    assert read(write(tmp_path / "g", '{"ImageCaches": [], "RequestId": "1"}'), account="1").good == []


def test_records_of_another_shape_are_rejected_one_by_one(tmp_path: Path) -> None:
    """With the field that is wrong."""
    records = [
        7,
        image_cache(Tags="none"),
        image_cache(ImageCacheName=["a"]),
        image_cache(Images="nginx"),
        image_cache(),
    ]
    found = read(write(tmp_path / "f", page("ImageCaches", *records)), account="1")
    assert [bad.message.split("'s ")[1].split(" ")[0] for bad in found.bad] == [
        "ImageCaches",
        "Tags",
        "ImageCacheName",
        "Images",
    ]
    assert len(found.good) == 1
