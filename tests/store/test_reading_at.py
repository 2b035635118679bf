"""A reader at a batch sees the journal as it stood then, whatever was imported and compacted since."""

from pathlib import Path

from billing.store import Store
from tests.store.journal import Seen, compact, empty_store, keep

STEPS = (
    [Seen("i-1", 1, 5), Seen("i-2", 1)],
    [Seen("i-1", 2, 6), Seen("i-3", 2, 4)],
    [Seen("i-2", 3, retracted=True), Seen("i-3", 3, 9)],
    [Seen("i-1", 4, 8), Seen("i-2", 5, 7)],
)


def seen_at(store: Store, batch: int) -> list[tuple[object, ...]]:
    """What counts for metering after a batch."""
    with store.reader() as reader, reader.at(batch).between(0, 1 << 40) as connection:
        return connection.execute(
            """select instance_id, until_s, sum(sign) as records from instance_postings
            where sign <> 0 group by all having sum(sign) <> 0 order by all"""
        ).fetchall()


def test_every_earlier_state_stays_readable(tmp_path: Path) -> None:
    store, states = empty_store(tmp_path), []
    for number, step in enumerate(STEPS, start=1):
        keep(store, step, name=f"step {number}")
        states.append(seen_at(store, number))
    assert len({str(state) for state in states}) == len(STEPS)
    compact(store)
    assert [seen_at(store, number) for number in range(1, len(STEPS) + 1)] == states
    keep(store, [Seen("i-3", 9, retracted=True), Seen("i-4", 1)], name="later")
    compact(store)
    assert [seen_at(store, number) for number in range(1, len(STEPS) + 1)] == states
