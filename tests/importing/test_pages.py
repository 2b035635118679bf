"""Answers as they arrive: wrapped, in pages, after other answers; what they change, what they end and what they leave."""

import json
from pathlib import Path

import pytest

from billing.importing.refusal import InputRefused
from tests.importing.answers import T0, T1, T2, T3, event, group, image_cache, page
from tests.importing.reading import CACHE, INSTANCE, csv_of, current, import_, read, write

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


def test_a_list_of_which_a_part_is_not_read_again_is_not_complete(tmp_path: Path) -> None:
    """A file whose bytes are known is not read: what it lists is not missing."""
    ws = tmp_path / "ws"
    files = [write(tmp_path / f"{n}.csv", csv_of([{**INSTANCE, "instance_id": f"i{n}"}])) for n in range(2)]
    import_(ws, files[0], now="2026-10-02T00:00:00Z", complete=True)
    summary = import_(ws, *files, complete=True)
    assert (summary.total("new"), summary.total("ended")) == (1, 0)
    assert any("a part was imported before" in note for note in summary.notes)


def test_records_and_answers_together_are_no_complete_list(tmp_path: Path) -> None:
    """Each lists what the other may lack."""
    ws = tmp_path / "ws"
    known(ws, tmp_path)
    records = [{**CACHE, "account_id": "1", "region": "cn-hangzhou", "cache_id": "imc-0"}]
    files = (
        write(tmp_path / "c.csv", csv_of(records)),
        write(tmp_path / "p", page("ImageCaches", image_cache())),
    )
    assert import_(ws, *files, account="1", complete=True).total("ended") == 0
