"""Whatever the order of imports, closes, reopenings and price corrections: the statements add up to the final records' bill."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing.bill import exact_sum
from billing.books import CloseRequest, Statement, close, correct, reopen, statements
from billing.books.reading import closed_statements, first_open_month, frozen_tariffs, open_month_with_usage
from billing.books.trail import Trail, read_trail
from billing.books.verifying import verify
from billing.store import Store, open_store
from billing.workspace import Workspace
from rules.period import Month, instant
from tests.laws.edges import FIRST_PRICES, SCENES, Scene
from tests.laws.program import Program, fresh_program
from tests.laws.worlds import Rows, World, worlds

PRICED = [scene for scene in SCENES if scene is not FIRST_PRICES]
"""Before the first prices there is no settlement rule, so nothing can be closed."""

ACTS = st.lists(
    st.sampled_from(["close", "close", "close", "reopen", "correct", "import", "import"]),
    min_size=6,
    max_size=14,
)
LATEST = instant(4_000_000_000)


@given(worlds(scenes=PRICED), st.data())
def test_all_statements_together_are_the_bill_of_the_final_records(world: World, data: st.DataObject) -> None:
    rows = data.draw(
        st.permutations(
            [("caches", row) for row in world.caches] + [("instances", row) for row in world.instances]
        )
    )
    acts = data.draw(ACTS)
    with fresh_program() as program:
        books = Books(program, world.scene)
        pieces = _cut(rows, 1 + acts.count("import"))
        books.bring(next(pieces))
        for act in acts:
            if act == "import":
                books.bring(next(pieces))
            elif act == "close":
                books.close_next()
            elif act == "reopen":
                books.reopen_last()
            else:
                books.correct(data.draw(st.integers(0, 5)))
        assert books.stated() == books.final()
        verdict = verify(books.store)
        assert verdict.faults == ()


def _cut(rows: list[tuple[str, dict[str, str]]], pieces: int) -> Iterator[list[tuple[str, dict[str, str]]]]:
    """The rows in so many pieces; the last is made of what is left."""
    size = max(1, len(rows) // pieces)
    for piece in range(pieces):
        yield rows[piece * size : (piece + 1) * size if piece < pieces - 1 else None]


Amounts = dict[tuple[str, str], tuple[Decimal, Decimal]]
"""Quantity and amount by month and line, without what is nothing."""


class Books:
    """A workspace whose months are closed one after the other."""

    def __init__(self, program: Program, scene: Scene) -> None:
        self.program = program
        self.tariffs = [program.tariff(name) for name in ("alibaba-cn", "own-cn")]
        self.horizon = Month(scene.months[1]).next().next()
        self.now = instant(self.horizon.until_s)

    @property
    def store(self) -> Store:
        """The store, opened anew."""
        return open_store(Workspace(self.program.folder / "workspace"))

    @property
    def trail(self) -> Trail:
        """What was done so far."""
        return read_trail(self.store.ledger.entries())

    def bring(self, rows: list[tuple[str, dict[str, str]]]) -> None:
        """Import rows."""
        files: dict[str, Rows] = defaultdict(list)
        for kind, row in rows:
            files[kind].append(row)
        self.program.import_files(*files.items())

    def tick(self) -> datetime:
        """The present moment, a day later each time."""
        self.now += timedelta(days=1)
        return self.now

    def close_next(self) -> None:
        """Close the earliest open month in which records exist, up to the horizon; the tariff changes with the months."""
        with self.store.reader() as reader:
            month = open_month_with_usage(reader, self.trail, self.horizon)
            first = first_open_month(reader, self.trail)
        month = first if month is None or (first is not None and first < month) else month
        if month is None or month >= self.horizon:
            return
        close(
            self.store,
            CloseRequest(
                month=month,
                now=self.tick(),
                tariff=self.tariffs[len(self.trail.acts) % 2],
                user="someone",
                program="1",
                allow_estimates=True,
                allow_unrated=True,
            ),
        )

    def reopen_last(self) -> None:
        """Reopen the month that was closed last, if there is one."""
        last = self.trail.last_close
        if last is not None:
            reopen(self.store, last.month, reason="look again", user="someone", now=self.tick())

    def correct(self, which: int) -> None:
        """Price some closed month by the other tariff."""
        closes = self.trail.closes
        if not closes:
            return
        month = closes[which % len(closes)].month
        tariff = self.tariffs[which % 2]
        request = {"tariff": tariff, "reason": "agreed", "user": "someone", "now": self.tick()}
        tried = correct(self.store, month, apply=False, **request)  # type: ignore[arg-type]
        assert correct(self.store, month, apply=True, **request) == tried  # type: ignore[arg-type]

    def stated(self) -> Amounts:
        """What all statements that hold say about the closed months, and the first open one's corrections with them."""
        found: dict[tuple[str, str], list[tuple[Decimal, Decimal]]] = defaultdict(list)
        for each in self.statements():
            document = each.document
            amounts = [Decimal(row["amount"]) for row in (*document["lines"], *document["corrections"])]
            assert exact_sum(amounts) == each.total
            assert each.payable == each.total + Decimal(document["rounding_adjustment"])
            shares = [Decimal(row["payable"]) for row in (*document["lines"], *document["corrections"])]
            assert exact_sum(shares) == each.payable
            for row in document["lines"] if each.status == "closed" else ():
                found[document["month"], row["line_id"]].append(
                    (Decimal(row["quantity"]), Decimal(row["amount"]))
                )
            for row in document["corrections"]:
                key = row["corrects_month"], row["line_id"]
                found[key].append((Decimal(row["quantity"]), Decimal(row["amount"])))
        return _without_nothing(found)

    def statements(self) -> Iterator[Statement]:
        """The statements of all closed months, and of the first open one."""
        trail = self.trail
        for act in trail.closes:
            yield from closed_statements(self.store.ledger, trail, act)
        with self.store.reader() as reader:
            first = first_open_month(reader, trail)
        if first is not None:
            yield from statements(self.store, first, as_of=LATEST, tariff=lambda: self.tariffs[0])

    def final(self) -> Amounts:
        """The bills of the closed months as the records are now, each by the tariff that it is priced by."""
        found: dict[tuple[str, str], list[tuple[Decimal, Decimal]]] = defaultdict(list)
        trail, tariffs = self.trail, frozen_tariffs(self.store.ledger)
        for act in trail.closes:
            tariff = tariffs(trail.pricings(act)[-1].tariff_sha256)
            for line in self.program.bill(act.month.label, tariff.id).lines:
                found[act.month.label, line.line_id].append((line.quantity, line.amount))
        return _without_nothing(found)


def _without_nothing(found: dict[tuple[str, str], list[tuple[Decimal, Decimal]]]) -> Amounts:
    summed = {
        key: (exact_sum(quantity for quantity, _ in parts), exact_sum(amount for _, amount in parts))
        for key, parts in found.items()
    }
    return {key: sums for key, sums in summed.items() if any(sums)}
