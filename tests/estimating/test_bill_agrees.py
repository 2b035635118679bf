"""An estimate is a bill: the records behind it are imported, and the bill has the same lines, to the last digit."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing.bill import Line, exact_sum
from billing.estimating import OPTIONS, Group, Option, Pull, Question
from billing.estimating.pricing import PULLING, price
from billing.estimating.records import records
from billing.metering import make_slices, meter
from billing.rating import rate
from billing.store import open_store
from billing.workspace import Workspace
from rules.period import Month
from rules.tariff import Tariff
from tests.estimating.questions import at, question, rows
from tests.laws.program import Program, fresh_program

EDGES = ("2022-09-20T00:00:00", "2024-01-01T00:00:00", "2025-06-01T00:00:00", "2025-06-10T12:00:00")
"""Two changes of prices, the begin of a month, and an instant far from anything."""

gib = st.decimals("20", "400", places=2)
seconds = st.integers(0, 4000)
QUESTIONS = st.builds(
    question,
    at_s=st.builds(lambda edge, off: at(edge) + off, st.sampled_from(EDGES), st.integers(-5000, 5000)),
    size_gib=gib,
    snapshot_gib=st.none() | st.decimals("0", "20", places=6),
    build_s=seconds,
    keep_s=st.none() | st.integers(0, 40 * 86400),
    count=st.integers(0, 4),
    run_s=st.integers(0, 50 * 3600),
    extra=st.none() | st.decimals("0", "90", places=1),
    instant=st.booleans(),
    standard_snapshot_s=st.none() | seconds,
    more=st.none()
    | st.builds(
        Group,
        count=st.integers(0, 3),
        run_s=st.integers(0, 9000),
        vcpu=st.just(Decimal(4)),
        memory_gib=st.just(Decimal(8)),
        extra_ephemeral_gib=st.none() | st.decimals("0", "40", places=1),
        start_s=st.integers(0, 50 * 86400),
    ),
    pull=st.none() | st.builds(Pull, seconds=st.integers(0, 600), estimated=st.booleans()),
)


def billed(program: Program, asked: Question, option: Option, tariff: Tariff) -> tuple[Line, ...]:
    """The lines that the database meters over the whole time of the estimate."""
    behind = records(asked, option)
    program.import_files(*rows(behind))
    ends = [cache.deleted_s for cache in behind.caches] + [group.ended_s for group in behind.instances]
    begins = [cache.created_s for cache in behind.caches] + [group.started_s for group in behind.instances]
    if not begins:
        return ()
    from_s = Month.containing(min(begins)).from_s
    until_s = Month.containing(max(min(begins), max(ends, default=0) - 1)).until_s
    with (
        open_store(Workspace(program.folder / "workspace")).reader() as reader,
        reader.between(from_s, until_s) as connection,
    ):
        metering = meter(connection, make_slices(tariff, from_s, until_s), as_of_s=until_s)
        return rate(metering, tariff).lines


@given(asked=QUESTIONS, option=st.sampled_from(OPTIONS), name=st.sampled_from(["alibaba-cn", "alibaba-intl"]))
def test_the_imported_records_have_the_estimates_lines(asked: Question, option: Option, name: str) -> None:
    with fresh_program() as program:
        tariff = program.tariff(name)
        estimated = price(records(asked, option), tariff)
        of_cache = tuple(line for line in estimated.lines if line.charge not in PULLING)
        if records(asked, option).instances or option != "no_cache":
            found = billed(program, asked, option, tariff)
            whole = [(line._replace(period_from=0, period_until=0)) for line in found]
            assert whole == [line._replace(period_from=0, period_until=0) for line in of_cache]


@given(asked=QUESTIONS, option=st.sampled_from(OPTIONS[:2]))
def test_the_months_bills_have_the_estimates_quantities(asked: Question, option: Option) -> None:
    with fresh_program() as program:
        behind = records(asked, option)
        program.import_files(*rows(behind))
        estimated = price(behind, program.tariff("alibaba-cn"))
        wanted = {
            charge: exact_sum(line.quantity for line in estimated.lines if line.charge == charge)
            for charge in {line.charge for line in estimated.lines} - PULLING
        }
        found: dict[str, Decimal] = {}
        month = Month.containing(min(cache.created_s for cache in behind.caches))
        while month.from_s <= asked.until_s:
            for line in program.bill(month.label, "alibaba-cn").lines:
                found[line.charge] = exact_sum((found.get(line.charge, Decimal(0)), line.quantity))
            month = month.next()
        assert found == wanted


def test_inside_a_month_the_bill_is_the_estimate_line_by_line() -> None:
    asked = question(at_s=at("2025-06-02T10:20:00"), snapshot_gib=None, count=3, run_s=7205, build_s=77)
    for option in OPTIONS[:2]:
        with fresh_program() as program:
            behind = records(asked, option)
            program.import_files(*rows(behind))
            bill = program.bill("2025-06", "alibaba-intl")
            estimated = price(behind, bill.tariff)
            assert bill.lines == estimated.lines
            assert [line.line_id for line in bill.lines] == [line.line_id for line in estimated.lines]
            assert bill.lines
