"""How records lie in files: a large import by months, so that a month reads little more than its own."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from billing.metering import make_slices, meter
from billing.store import NewBatch, Store, layout, views
from rules.period import Month
from rules.tariff import load
from tests.store.journal import IMPORTED_AT, Seen, compact, empty_store, hour_sql, keep

OCTOBER = Month("2026-10")


@pytest.fixture(autouse=True)
def small_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a thousand rows be many."""
    monkeypatch.setattr(layout, "SPAN_ROWS", 50)


def many(store: Store, begins: str) -> None:
    """Import a thousand instances that run for two hours; `begins` is the SQL of their begins, from i."""
    with store.writer() as writer:
        batch = writer.add_batch(NewBatch("many", "instances", "csv", begins, IMPORTED_AT, read=1000))
        writer.connection.execute(
            f"""create temp table incoming as select {batch} as batch, i as line, 'a' as account_id, 'r' as region,
            'i-' || i as instance_id, null::varchar as cache_id, null::bigint as vcpu_micro, null::bigint as memory_micro,
            null::bigint as extra_ephemeral_micro, {begins} as started_at, {begins} + interval 2 hours as ended_at,
            {hour_sql(0)} as observed_at, null::varchar as tags, false as retracted, null::varchar as derived
            from range(1000) as r(i)"""
        )
        writer.post("instances", "incoming")
        writer.commit(imported_at=IMPORTED_AT)


def rows_read(store: Store, month: Month) -> tuple[int, int]:
    """How many postings a reader of the month has before it, and how many there are in all."""
    with store.reader() as reader, reader.between(month.from_s, month.until_s) as connection:
        counts = (
            "select (select count(*) from instance_postings), (select count(*) from every_instance_posting)"
        )
        found = connection.execute(counts).fetchone()
    assert found is not None
    return found[0], found[1]


@pytest.mark.parametrize("compacted", [False, True])
def test_a_month_reads_only_its_part_and_what_runs_on(compacted: bool, tmp_path: Path) -> None:
    store = empty_store(tmp_path)
    many(store, "timestamp '2026-01-01' + to_hours((i * 7919 % 1000) * 8)")
    if compacted:
        compact(store)
    read, in_all = rows_read(store, OCTOBER)
    assert in_all == 1000
    assert 80 < read < 120
    with store.reader() as reader, reader.between(OCTOBER.from_s, OCTOBER.until_s) as connection:
        inside = f"where started_s < {OCTOBER.until_s} and until_s > {OCTOBER.from_s}"
        counts = [
            f"(select count(*) from {view} {inside})"
            for view in ("instance_postings", "every_instance_posting")
        ]
        assert connection.execute(f"select {counts[0]} = {counts[1]}").fetchall() == [(True,)]


@pytest.mark.parametrize(
    "begins",
    [
        "case when i % 2 = 0 then timestamp '1970-01-01' else timestamp '9998-12-31 23:59:59' end",
        "make_timestamp(i * 250000000000000)",
        "timestamp '9998-12-31 23:59:58'",
    ],
)
def test_nothing_is_left_out_at_the_ends_of_time(begins: str, tmp_path: Path) -> None:
    store = empty_store(tmp_path)
    many(store, begins)
    assert rows_read(store, OCTOBER)[1] == 1000


def test_reversals_lie_where_what_they_take_back_is_read(tmp_path: Path) -> None:
    store = empty_store(tmp_path)
    keep(store, [Seen("i-1", 1, 2)], name="first")
    keep(store, [Seen("i-1", 2, 3), *(Seen(f"j-{number}", 1, 2) for number in range(60))], name="second")
    with store.reader() as reader, reader.between(OCTOBER.from_s, OCTOBER.until_s) as connection:
        found = connection.execute(
            "select sum(sign * (until_s - started_s)) from instance_postings"
        ).fetchone()
    assert found == (3 * 3600 + 60 * 2 * 3600,)


@pytest.mark.parametrize("plain", [False, True])
def test_a_month_meters_the_same_whether_its_files_are_known_to_be_plain(
    plain: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "SMALL_ROWS", 0 if plain else 10_000)
    store = empty_store(tmp_path)
    many(store, "timestamp '2026-09-20' + to_hours(i)")
    tariff = load("alibaba-cn")
    cuts = [OCTOBER.from_s + days * 86400 + 1 for days in (3, 10)]
    slices = make_slices(tariff, OCTOBER.from_s, OCTOBER.until_s, cuts)
    assert sum(file.plain for file in store.record_files()) >= 2
    with store.reader() as reader, reader.between(OCTOBER.from_s, OCTOBER.until_s) as connection:
        meter(connection, slices, as_of_s=OCTOBER.until_s)
        found = connection.execute("select slice, seconds from usage order by slice").fetchall()
        counts = connection.execute(
            "select count(*) from instance_postings where plain_from_s > 0"
        ).fetchone()
    assert counts is not None
    assert (counts[0] > 0) == plain
    begins = [datetime(2026, 9, 20, tzinfo=UTC).timestamp() + 3600 * hour for hour in range(1000)]
    expected = [
        (cut.index, sum(max(0, min(at + 7200, cut.until_s) - max(at, cut.from_s)) for at in begins))
        for cut in slices
    ]
    assert found == expected
