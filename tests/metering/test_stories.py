"""What a month costs, told as stories: the provider's example, price changes, the present moment, tags and days."""

from decimal import Decimal
from pathlib import Path

import pytest

from billing.bill import exact_sum
from billing.errors import UsageError
from billing.grouping import group
from billing.pipeline import TagFilter
from tests.metering.stories import amounts, tell

CACHE = """
cache_id size_gib snapshot_gib created_at                ready_at                  deleted_at
imc-40   40       2            2025-06-01T00:55:00+08:00 2025-06-01T01:00:00+08:00 2025-06-04T01:00:00+08:00
"""
TWO_TEAMS = (
    """
instance_id cache_id started_at                ended_at                  tags
eci-1       imc-40   2025-06-01T02:00:00+08:00 2025-06-01T02:00:07+08:00 {}
eci-2       imc-40   2025-06-01T23:59:59+08:00 2025-06-02T00:00:02+08:00 {"team":"ads"}
eci-3       imc-40   2025-06-03T00:00:00+08:00 2025-06-03T00:00:01+08:00 {"team":"search"}
""".replace('{"', '"{""')
    .replace('":"', '"":""')
    .replace('"}', '""}"')
)


def test_the_providers_example_comes_out_to_the_last_digit(tmp_path: Path) -> None:
    story = tell(
        tmp_path,
        CACHE,
        """
        instance_id cache_id started_at                ended_at
        eci-1       imc-40   2025-06-01T02:00:00+08:00 2025-06-01T05:00:00+08:00
        """,
    )
    found = amounts(story.bill("2025-06", tariff="alibaba-intl"))
    assert found.pop("usage.cache_disk") == Decimal("0.06")
    assert sum(found.values()) == Decimal("0.0114386667")


def test_a_price_that_changes_inside_the_month_makes_two_lines(tmp_path: Path) -> None:
    story = tell(
        tmp_path,
        CACHE.replace("2025-06", "2022-09"),
        """
        instance_id cache_id started_at                ended_at
        eci-1       imc-40   2022-09-19T23:00:00+08:00 2022-09-20T02:00:00+08:00
        """,
    )
    metered = story.bill("2022-09", tariff="alibaba-intl")
    disks = [line for line in metered.bill.lines if line.charge == "usage.cache_disk"]
    assert [(line.rate_from, line.quantity, line.amount) for line in disks] == [
        ("2021-07-01", Decimal(144_000), Decimal("0.0128")),
        ("2022-09-20", Decimal(288_000), Decimal("0.025504")),
    ]


def test_what_lies_after_the_present_moment_is_not_billed_and_a_started_hour_counts_whole(
    tmp_path: Path,
) -> None:
    story = tell(tmp_path, CACHE)
    metered = story.bill("2025-06", as_of="2025-06-01T01:20:00+08:00")
    snapshot = next(line for line in metered.bill.lines if line.charge == "creation.snapshot")
    assert snapshot.quantity == 2
    assert not snapshot.estimated
    before_it_began = story.bill("2025-06", as_of="2025-06-01T00:55:00+08:00")
    assert before_it_began.bill.records.to_json()["caches"]["overlapping"] == 0


def test_an_open_record_is_estimated_past_its_last_observation_only(tmp_path: Path) -> None:
    story = tell(
        tmp_path,
        CACHE,
        """
        instance_id cache_id started_at                observed_at
        eci-1       imc-40   2025-06-01T02:00:00+08:00 2025-06-01T03:00:00+08:00
        """,
    )
    metered = story.bill("2025-06", as_of="2025-06-01T05:00:00+08:00")
    disk = next(line for line in metered.bill.lines if line.charge == "usage.cache_disk")
    assert disk.estimated
    assert (disk.quantity, disk.estimated_quantity) == (Decimal(40 * 3 * 3600), Decimal(40 * 2 * 3600))


def test_days_add_up_to_the_month_and_tags_share_each_line(tmp_path: Path) -> None:
    story = tell(tmp_path, CACHE, TWO_TEAMS)
    total = story.bill("2025-06").bill.total
    days = group(story.bill("2025-06", by_day=True), "day")
    assert len(days) == 30
    assert exact_sum(day.amount for day in days) == total
    teams = {
        group_.key[0]: group_.amount for group_ in group(story.bill("2025-06", by_tag="team"), "tag:team")
    }
    assert set(teams) == {None, "ads", "search"}
    assert exact_sum(teams.values()) == total
    for team, amount in teams.items():
        if team is not None:
            assert story.bill("2025-06", tag_filter=TagFilter("team", team)).bill.total == amount
    tagged = story.bill("2025-06", tag_filter=TagFilter("team", None), by_day=True)
    assert tagged.bill.total == teams["ads"] + teams["search"]
    assert exact_sum(day.amount for day in group(tagged, "day")) == tagged.bill.total
    assert tagged.bill.records.to_json()["instances"]["overlapping"] == 2


def test_one_of_two_accounts_is_billed_alone(tmp_path: Path) -> None:
    other = CACHE.replace("cache_id", "account_id cache_id").replace("imc-40", "a2 imc-40")
    story = tell(tmp_path, CACHE, other)
    both, one = story.bill("2025-06").bill, story.bill("2025-06", accounts=["a2"]).bill
    assert {line.account_id for line in one.lines} == {"a2"}
    assert 2 * one.total == both.total
    assert one.records.to_json()["caches"]["overlapping"] == 1


def test_a_missing_dated_value_is_named_with_its_seconds(tmp_path: Path) -> None:
    story = tell(tmp_path, CACHE.replace("2025-06", "2021-06"))
    bill = story.bill("2021-06").bill
    reasons = {(item.charge, item.quantity, item.unit): item.reason for item in bill.unrated}
    assert (
        reasons["creation.instance_vcpu", Decimal(300), "second"]
        == "no value temporary_instance_vcpu from 2021-06-01"
    )
    assert bill.lines == ()
    assert bill.records.to_json()["caches"]["unrated"] == 1


def test_an_unknown_grouping_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    story = tell(tmp_path, CACHE)
    with pytest.raises(UsageError, match=r"there is no grouping 'team' .*tag:KEY"):
        group(story.bill("2025-06"), "team")


def test_a_sum_is_exact_however_large() -> None:
    assert exact_sum([Decimal(10) ** 25, Decimal("0.0000000001")]) == Decimal(
        "10000000000000000000000000.0000000001"
    )


def test_missing_values_are_named_in_the_order_of_the_caches_not_of_the_import(tmp_path: Path) -> None:
    early = CACHE.replace("2025-06", "2021-06")
    first, second = early.replace("imc-40", "imc-a"), early.replace("imc-40", "imc-b")
    unrated = []
    for number, tables in enumerate(((first, second), (second, first))):
        folder = tmp_path / str(number)
        folder.mkdir()
        for part, table in enumerate(tables):
            (folder / str(part)).mkdir()
            told = tell(folder / str(part), table, workspace=folder / "workspace")
        unrated.append(told.bill("2021-06").bill.unrated)
    assert unrated[0] == unrated[1]
