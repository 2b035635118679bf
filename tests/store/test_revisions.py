"""Which version of a record counts, whatever the order, the batches and the compactions in between."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from billing.store import BatchCounts
from tests.store.journal import Seen, compact, current, empty_store, expected, keep, post, versions

observations = st.builds(
    Seen,
    id=st.sampled_from(["i-1", "i-2", "i-3"]),
    hour=st.integers(1, 4),
    ended_hour=st.sampled_from([None, 5, 6]),
    cache=st.sampled_from([None, "imc-1", "imc-2"]),
    retracted=st.booleans(),
    account=st.sampled_from(["a", "b"]),
)
batches = st.lists(st.lists(observations, min_size=1, max_size=6), min_size=1, max_size=4)


def counted(known: list[Seen], rows: Sequence[Seen]) -> BatchCounts:
    """The outcomes of rows that arrive one after the other; `known` are all that came before, and grows."""
    new = revised = unchanged = 0
    for row in rows:
        before = [each for each in known if (each.account, each.id) == (row.account, row.id)]
        newest = max(before, key=lambda each: each.hour, default=None)
        last = [each for each in before if newest is not None and each.hour == newest.hour][-1:]
        if not last:
            new, revised = new + (not row.retracted), revised + row.retracted
        elif row.hour < last[0].hour or row == last[0]:
            unchanged += 1
        else:
            revised += 1
        known.append(row)
    return BatchCounts(new, revised, unchanged)


@given(batches, st.sets(st.integers(0, 3)))
def test_what_counts_is_what_a_plain_reading_says(imports: list[list[Seen]], compacted: set[int]) -> None:
    known: list[Seen] = []
    with TemporaryDirectory() as folder:
        store = empty_store(Path(folder))
        for number, rows in enumerate(imports):
            assert keep(store, rows, name=str(number)) == counted(known, rows)
            assert current(store) == expected(known)
            if number in compacted:
                compact(store)
                assert current(store) == expected(known)


@given(batches)
def test_one_command_and_many_come_to_the_same(imports: list[list[Seen]]) -> None:
    with TemporaryDirectory() as folder:
        one, many = empty_store(Path(folder) / "one"), empty_store(Path(folder) / "many")
        with one.writer() as writer:
            together = [post(writer, rows, name=str(number)) for number, rows in enumerate(imports)]
            writer.commit(imported_at="2026-11-01T00:00:00Z")
        apart = [keep(many, rows, name=str(number)) for number, rows in enumerate(imports)]
        assert together == apart
        assert current(one) == current(many)
        assert versions(one) == versions(many)


@given(
    st.permutations([Seen("i-1", 1), Seen("i-1", 2, 9), Seen("i-1", 3, 8), Seen("i-1", 4, retracted=True)])
)
def test_order_means_nothing_where_instants_differ(rows: list[Seen]) -> None:
    with TemporaryDirectory() as folder:
        store = empty_store(Path(folder))
        for number, row in enumerate(rows):
            keep(store, [row], name=str(number))
        assert current(store) == set()
        assert len(versions(store)) == 4


def test_a_late_observation_is_history(tmp_path: Path) -> None:
    store = empty_store(tmp_path)
    keep(store, [Seen("i-1", 3, 9)], name="now")
    assert keep(store, [Seen("i-1", 1)], name="late") == BatchCounts(unchanged=1)
    assert current(store) == {("a", "i-1", 3, 9, "imc-1", None)}
    assert versions(store) == [(1, 2), (2, 2)]


def test_what_compaction_sets_aside_stays_readable(tmp_path: Path) -> None:
    store = empty_store(tmp_path)
    keep(store, [Seen("i-1", 1), Seen("i-1", 2, 9), Seen("i-2", 1)], name="first")
    keep(store, [Seen("i-1", 3, 8), Seen("i-2", 2, retracted=True)], name="second")
    before = versions(store)
    compact(store)
    assert versions(store) == before
    current = [file for file in store.record_files() if file.role == "current"]
    assert {file.reversals for file in current} == {0}


def test_a_complete_list_ends_what_it_lacks(tmp_path: Path) -> None:
    store = empty_store(tmp_path)
    keep(
        store,
        [Seen("i-1", 1), Seen("i-2", 1), Seen("i-3", 1, 2), Seen("i-4", 9), Seen("i-1", 1, account="b")],
        name="all",
    )
    assert keep(store, [Seen("i-1", 5)], name="list", complete=True) == BatchCounts(revised=1, ended=1)
    assert current(store) == {
        ("a", "i-1", 5, None, "imc-1", None),
        ("a", "i-2", 5, 5, "imc-1", "ended_at"),
        ("a", "i-3", 1, 2, "imc-1", None),
        ("a", "i-4", 9, None, "imc-1", None),
        ("b", "i-1", 1, None, "imc-1", None),
    }
    assert keep(store, [Seen("i-1", 5)], name="again", complete=True) == BatchCounts(unchanged=1)


def test_an_answer_fills_in_and_reopens_what_a_list_had_ended(tmp_path: Path) -> None:
    store = empty_store(tmp_path)
    keep(store, [Seen("i-1", 1), Seen("i-2", 1, 2)], name="first")
    keep(store, [Seen("i-9", 3)], name="list", complete=True)
    with store.writer() as writer:
        post(writer, [Seen("i-1", 4, cache=None), Seen("i-2", 4, cache=None)], name="answer", merge=True)
        writer.commit(imported_at="2026-11-01T00:00:00Z")
    assert current(store) >= {("a", "i-1", 4, None, "imc-1", None), ("a", "i-2", 4, 2, "imc-1", None)}
