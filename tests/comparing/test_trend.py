"""The trend: thirteen months in order, and months that nothing is known about are gaps."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from billing.cli.main import run
from billing.store import open_store
from billing.trend import earlier_bills, month_cost, months_before, same_span, trend
from billing.workspace import Workspace
from rules.period import Month
from rules.tariff import load
from tests.reports.build import OCTOBER, line, metered

AS_OF = datetime(2026, 11, 2, tzinfo=UTC)
CACHES = """\
cache_id,account_id,region,creation_method,size_gib,snapshot_gib,created_at,ready_at,observed_at
imc-1,1001,cn-hangzhou,manual,40,2,2026-01-20T00:00:00Z,2026-01-20T00:05:00Z,2026-08-15T00:00:00Z
"""


def test_the_months_before_are_twelve_in_order() -> None:
    months = months_before(OCTOBER)
    assert [months[0].label, months[-1].label, len(months)] == ["2025-10", "2026-09", 12]


def test_a_month_without_records_is_a_gap_and_not_zero() -> None:
    assert month_cost(metered([]).bill).total is None
    free = month_cost(metered([line("creation.automatic", "imc-1", 1)], caches={"free": 1}).bill)
    assert (free.total, free.creation, free.usage) == (Decimal(0),) * 3


def test_what_only_survivors_tell_about_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "caches.csv").write_text(CACHES)
    assert run(["--workspace", str(tmp_path / "ws"), "import", str(tmp_path / "caches.csv")]) == 0
    tariff = load("alibaba-cn")
    with open_store(Workspace(tmp_path / "ws")).reader() as reader:
        found = earlier_bills(reader, OCTOBER, as_of=AS_OF, tariff=tariff)
        assert [month.label for month in found] == ["2026-08", "2026-09"]
        months = trend(metered([line("usage.cache_disk", "imc-1", 21600)], caches={"charged": 1}).bill, found)
        assert [cost.total is None for cost in months] == [True] * 10 + [False] * 3
        assert months[-1].total == Decimal("0.0126")
        middle = datetime(2026, 10, 15, 16, tzinfo=UTC)
        span = same_span(reader, Month("2026-09"), OCTOBER, as_of=middle, tariff=tariff)
        assert span is not None
        assert span.total * 2 == found[Month("2026-09")].total
        assert same_span(reader, Month("2025-10"), OCTOBER, as_of=middle, tariff=tariff) is None
