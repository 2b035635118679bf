"""Every format of one bill says the same, whatever its encoding and packing; what is wrong in a file is named with its place."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from billing.reconciling import Reconciliation
from billing.reconciling.formats import formats
from billing.reconciling.result import COMPARED
from billing.warehouse import connect, text_literal
from tests.reconciling.paper import (
    as_csv,
    as_focus,
    instance_bill,
    packed,
    query_instance_bill,
    split_bill,
)  # fmt: skip
from tests.reconciling.provider import Row, bill, world
from tests.reconciling.workspace import Books

SAMPLES = Path(__file__).parents[3] / "shared" / "data"
"""Data that others made lies beside the project; tests that need it are skipped without it."""


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """The true bill."""
    return bill(*world(Random(7)))


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    """Our side of it."""
    return Books(tmp_path_factory.mktemp("books"), *world(Random(7)))


def disagreements(found: Reconciliation) -> list[object]:
    """What a true bill has none of."""
    return [each for each in found.differences if each.class_ in COMPARED]


def focus_parquet(books: Books, rows: list[Row]) -> bytes:
    """FOCUS as Parquet, with amounts as decimals and times with a zone."""
    (books.folder / "focus-source.csv").write_bytes(as_focus(rows))
    source, target = (
        text_literal(str(books.folder / name)) for name in ("focus-source.csv", "focus.parquet")
    )
    with connect(books.folder) as connection:
        connection.execute(
            f"""copy (select * replace (
                BilledCost::decimal(18, 6) as BilledCost, ListCost::decimal(18, 6) as ListCost,
                ChargePeriodStart::timestamptz as ChargePeriodStart, ChargePeriodEnd::timestamptz as ChargePeriodEnd
            ) from read_csv({source}, all_varchar = true)) to {target} (format parquet)"""
        )
    return (books.folder / "focus.parquet").read_bytes()


def test_every_format_says_the_same(books: Books, rows: list[Row]) -> None:
    papers = {
        "bill CSV": (as_csv(rows), "hour"),
        "bill CSV, console": (as_csv(rows, "console", "utf-8-sig"), "hour"),
        "bill CSV, Chinese": (packed(as_csv(rows, "chinese", "gb18030")), "hour"),
        "DescribeInstanceBill": (instance_bill(rows), "month"),
        "QueryInstanceBill": (packed(query_instance_bill(rows)), "day"),
        "DescribeSplitItemBill": (split_bill(rows), "day"),
        "FOCUS CSV": (as_focus(rows), "hour"),
        "FOCUS Parquet": (focus_parquet(books, rows), "hour"),
    }
    due = sum(row.gross for row in rows)
    for name, (content, grain) in papers.items():
        found = books.reconcile({"bill": content})
        assert not disagreements(found), name
        assert found.theirs * 1_000_000 == due, name
        assert (found.grain, found.files[0].format) == (grain, name.partition(",")[0])
        assert found.matched > 0
        assert not found.quarantine
    assert {name.partition(",")[0] for name in papers} == set(formats())


def test_hours_in_another_zone_are_found_and_said(books: Books, rows: list[Row]) -> None:
    found = books.reconcile({"bill.csv": as_focus(rows, zone="local")})
    assert found.zones == {str(books.folder / "bill.csv"): -8}
    assert not disagreements(found)


def test_disks_with_ids_of_their_own_are_matched_by_their_hours(tmp_path: Path) -> None:
    caches, instances = world(Random(11))
    named = [replace(one, disk=f"d-{number:04}") for number, one in enumerate(instances)]
    books = Books(tmp_path, caches, instances)
    rows = bill(caches, named)
    assert not disagreements(books.reconcile({"bill.csv": as_csv(rows)}))
    assert not disagreements(books.reconcile({"bill.json": instance_bill(rows)}))
    gone = [row for row in rows if row.instance != "d-0003"]
    [missing] = disagreements(books.reconcile({"less.csv": as_csv(gone)}))
    assert (missing.class_, missing.instance_id) == ("missing_in_bill", instances[3].id)  # type: ignore[attr-defined]


def test_builders_with_ids_of_their_own_are_matched_by_their_hours(tmp_path: Path) -> None:
    caches, instances = world(Random(12))
    built = [replace(cache, builder=f"eci-builder-{cache.id}") for cache in caches]
    books = Books(tmp_path, caches, instances)
    rows = bill(built, instances)
    assert not disagreements(books.reconcile({"bill.csv": as_csv(rows)}))


def test_rows_without_any_id_are_compared_as_one_pool(books: Books, rows: list[Row]) -> None:
    nameless = [replace(row, instance="") if row.product == "yundisk" else row for row in rows]
    assert not disagreements(books.reconcile({"bill.csv": as_csv(nameless)}))
    short = [row for row in nameless if row.product != "yundisk" or row.begin.day != 10]
    found = books.reconcile({"bill.csv": as_csv(short)})
    assert {each.class_ for each in found.differences if each.class_ in COMPARED} == {"missing_in_bill"}


def test_snapshots_are_shared_out_to_caches_exactly(books: Books, rows: list[Row]) -> None:
    found = books.reconcile({"bill.csv": as_csv(rows)})
    regional: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.item == "snapshot":
            regional[row.account, row.region] = regional.get((row.account, row.region), 0) + row.gross
    for place, total in regional.items():
        shares = [each.theirs for each in found.allocated if (each.account_id, each.region) == place]
        assert sum(shares, Decimal(0)) * 1_000_000 == total
    dearer = [
        replace(row, gross=row.gross * 2, price="0.24") if row.item == "snapshot" else row for row in rows
    ]
    prices = [
        each for each in books.reconcile({"bill.csv": as_csv(dearer)}).differences if each.class_ == "price"
    ]
    assert {each.cache_id for each in prices} == {each.cache_id for each in found.allocated}
    assert {each.charge for each in prices} == {"creation.snapshot"}


def test_a_resource_package_explains_what_it_covers(books: Books, rows: list[Row]) -> None:
    items = json.loads(split_bill(rows))
    listed = items["Data"]["Items"]
    covered = next(each for each in listed if each["ProductCode"] == "yundisk")
    before = Decimal(covered["PretaxGrossAmount"])
    covered.update(PretaxGrossAmount="0", PretaxAmount="0", DeductedByResourcePackage=covered["Usage"])
    found = books.reconcile({"bill.json": json.dumps(items).encode()})
    assert not disagreements(found)
    assert abs(found.amount("resource_package") + before) < Decimal("0.0001")


def test_another_products_rows_are_out_of_scope(books: Books, rows: list[Row]) -> None:
    other = replace(rows[0], product="rds", commodity="rds", item="storage", instance="rm-1", gross=5_000_000)
    found = books.reconcile({"bill.csv": as_csv([*rows, other])})
    assert not disagreements(found)
    [row] = [
        each
        for each in found.differences
        if "another product" in str(each.reason) or "rds" in str(each.reason)
    ]
    assert (row.class_, row.amount) == ("out_of_scope", Decimal(5))


def test_items_that_are_no_objects_are_quarantined(books: Books, rows: list[Row]) -> None:
    document = json.loads(split_bill(rows))
    document["Data"]["Items"].insert(1, "an item")
    document["Data"]["Items"][2]["PretaxGrossAmount"] = "a lot"
    found = books.reconcile({"bill.json": json.dumps(document).encode()})
    assert [each.code for each in found.quarantine] == ["bad_answer", "bad_number"]
    assert found.files[0].quarantined == 2


def test_a_row_that_breaks_its_own_arithmetic_is_named(books: Books, rows: list[Row]) -> None:
    content = as_csv(rows).decode().splitlines()
    fields = content[5].split(",")
    fields[19] = "99.000000"
    content[5] = ",".join(fields)
    found = books.reconcile({"bill.csv": "\n".join(content).encode()})
    assert [(each.line, found.broken_count) for each in found.broken] == [(6, 1)]
    assert found.difference == sum((each.amount for each in found.differences), Decimal(0))


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are absent")
def test_the_focus_sample_breaks_its_arithmetic_in_31_rows(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from billing.reconciling import reconcile
    from billing.store import create_store
    from billing.workspace import Workspace
    from rules.period import parse_month
    from rules.tariff import load

    sample = str(SAMPLES / "focus-sample" / "focus_sample.csv")
    with create_store(Workspace(tmp_path / "ws")).reader() as reader:
        found = reconcile(
            reader, parse_month("2024-09"), [sample], as_of=datetime(2024, 10, 5, tzinfo=UTC), tariff=load("alibaba-intl")
        )  # fmt: skip
    assert (found.broken_count, len(found.broken), found.files[0].rows) == (31, 31, 1000)
    assert found.theirs == Decimal("20.52022672899")
    assert found.ours == 0


def test_times_with_slashes_and_days_without_dashes_are_read(books: Books, rows: list[Row]) -> None:
    slashed = as_csv(rows).replace(b"2026-10-", b"2026/10/").replace(b"2026-11-", b"2026/11/")
    assert not disagreements(books.reconcile({"bill.csv": slashed.replace(b"2026/10,", b"2026-10,")}))
    days = query_instance_bill(rows).decode()
    for day in range(1, 32):
        days = days.replace(f'"2026-10-{day:02}"', f'"202610{day:02}"')
    assert not disagreements(books.reconcile({"bill.json": days.encode()}))


def test_an_instance_that_ran_longer_there_is_found(books: Books, rows: list[Row]) -> None:
    last = max(
        (row for row in rows if row.instance == "eci-00004" and row.product == "yundisk"),
        key=lambda row: row.begin,
    )
    extra = replace(last, begin=last.begin + timedelta(hours=1), end=last.end + timedelta(hours=1))
    [found] = disagreements(books.reconcile({"bill.csv": as_csv([*rows, extra])}))
    assert (found.class_, found.amount * 1_000_000) == ("missing_in_usage", last.gross)  # type: ignore[attr-defined]
