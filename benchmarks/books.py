"""The books: closing a month against billing it, verifying by the number of closed months, explaining one line of many.

What a close does beyond the bill is named, too: the checks of the whole workspace, and the digest of the month's records.
"""

from datetime import datetime
from functools import partial
from pathlib import Path

from benchmarks.generated import CACHES, FIRST_MONTH, IMPORTED_AT, caches_sql, folder, instances_sql
from benchmarks.measuring import in_turn, table
from billing.books import CloseRequest, close, reopen
from billing.books.records import digests
from billing.books.verifying import verify
from billing.checks import run_checks
from billing.explaining.explain import explain_target
from billing.explaining.source import Sources
from billing.pipeline import make_bill
from billing.store import NewBatch, Store, create_store
from billing.store.schema import Kind
from billing.workspace import Workspace
from rules.period import Month, instant
from rules.tariff import Tariff, load

CLOSED, EXPLAINED = 4_000_000, 10_000_000
MONTHLY = 100_000
SHORT, LONG = 3, 12

Row = tuple[str, str, str, str]


def main() -> None:
    """Measure and print."""
    with folder() as path:
        tariff = load("alibaba-cn")
        rows = [*closing(path, tariff), *verifying(path, tariff), *explaining(path, tariff)]
        table("Books", rows)


def bring(store: Store, kind: Kind, select: str, rows: int, name: str) -> None:
    """Import generated rows as one batch whose counts are right: a close looks at them."""
    with store.writer() as writer:
        number = writer.add_batch(NewBatch(name, kind, "generated", name, IMPORTED_AT, read=rows))
        writer.connection.execute(
            f"create or replace view rows_to_add as select * replace ({number} as batch) from ({select})"
        )
        writer.post(kind, "rows_to_add")
        writer.commit(imported_at=IMPORTED_AT)


def workspace(path: Path, rows: int) -> Store:
    """A workspace with all caches and so many instances in the first month."""
    store = create_store(Workspace(path))
    bring(store, "caches", caches_sql(1), CACHES, "caches")
    bring(store, "instances", instances_sql(rows, months=1), rows, "instances")
    return store


def close_month(store: Store, tariff: Tariff, month: Month, now: datetime) -> None:
    """Close a month, whatever rests on estimates."""
    close(
        store,
        CloseRequest(
            month=month,
            now=now,
            tariff=tariff,
            user="benchmark",
            program="benchmark",
            allow_estimates=True,
            allow_unrated=True,
        ),
    )


def close_earlier(store: Store, tariff: Tariff, month: Month, now: datetime) -> None:
    """Close the month before: the generated caches begin in it."""
    close_month(store, tariff, month.previous(), now)


def closing(path: Path, tariff: Tariff) -> list[Row]:
    """A close and the reopening that makes room for the next one, against the bill, the checks and the digest."""
    store = workspace(path / "close", CLOSED)
    now = instant(FIRST_MONTH.until_s + 86_400)
    close_earlier(store, tariff, FIRST_MONTH, now)

    def close_and_reopen() -> None:
        close_month(store, tariff, FIRST_MONTH, now)
        reopen(store, FIRST_MONTH, reason="again", user="benchmark", now=now)

    with store.reader() as reader:
        billed, closed, checked, digested = in_turn(
            partial(make_bill, reader, FIRST_MONTH, as_of=now, tariff=tariff),
            close_and_reopen,
            partial(run_checks, store, as_of=now),
            partial(digests, reader, FIRST_MONTH),
            runs=3,
        )
    return [
        (f"closing {CLOSED:,} instances", f"{closed / billed:.1f} × billing", "≤ 1.5 ×", ""),
        ("  of it the checks of the workspace", f"{checked / billed:.1f} × billing", "", ""),
        ("  of it the digest of the records", f"{digested / billed:.1f} × billing", "", ""),
        ("  and the rest", f"{(closed - checked - digested) / billed:.1f} × billing", "", ""),
    ]


def verifying(path: Path, tariff: Tariff) -> list[Row]:
    """Verifying twelve closed months against three, per month."""
    taken = []
    for months in (SHORT, LONG):
        store = workspace(path / f"verify-{months}", MONTHLY)
        month = FIRST_MONTH
        for number in range(1, months):
            month = month.next()
            select = instances_sql(MONTHLY, months=1, first=number * MONTHLY, from_s=month.from_s)
            bring(store, "instances", select, MONTHLY, f"month-{number}")
        closed, now = FIRST_MONTH.previous(), instant(month.until_s + 86_400)
        while closed <= month:
            close_month(store, tariff, closed, now)
            closed = closed.next()
        [spent] = in_turn(partial(verify, store), runs=2)
        taken.append(spent / (months + 1))
    return [
        (f"verifying {LONG} months against {SHORT}, per month", f"{taken[1] / taken[0]:.2f} ×", "≤ 1.2 ×", "")
    ]


def explaining(path: Path, tariff: Tariff) -> list[Row]:
    """One line of a large month."""
    store = workspace(path / "explain", EXPLAINED)
    now = instant(FIRST_MONTH.until_s + 86_400)
    with store.reader() as reader:
        lines = make_bill(reader, FIRST_MONTH, as_of=now, tariff=tariff).lines
        line = next(line for line in lines if line.charge == "usage.cache_disk")
        sources = Sources(store, reader, as_of=now, tariff=lambda: tariff)
        [spent] = in_turn(partial(explain_target, store, sources, line.line_id, month=None), runs=3)
    return [(f"explaining a line of {EXPLAINED:,} instances", f"{spent / 1_000_000_000:.1f} s", "≤ 2 s", "")]


if __name__ == "__main__":
    main()
