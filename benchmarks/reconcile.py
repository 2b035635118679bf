"""Reconciling: a bill of 1 M hourly rows in CSV, against DuckDB reading the same file into typed columns.

The bill is that of a generated workspace: each instance's disk has a row for each hour. Both are measured inside of a
process; reading the records and metering them is part of reconciling.
"""

import json
import sys
from pathlib import Path

from benchmarks.generated import FIRST_MONTH, folder, workspace
from benchmarks.measuring import apart, in_turn, peak_mib, table
from billing.reconciling import reconcile
from billing.store import open_store
from billing.warehouse import connect, text_literal
from billing.workspace import Workspace
from rules.period import instant
from rules.tariff import load

INSTANCES = 310_000
"""Over three months; the middle one has about a million hours of disks."""

MIDDLE = FIRST_MONTH.next()
RUNS = 3

BILL = """
select
    '2026-09' as BillingCycle, account_id as OwnerID, 'yundisk' as ProductCode, 'yundisk' as CommodityCode,
    'yundisk' as BillingItemCode, 'PayAsYouGoBill' as Item, 'PayAsYouGo' as SubscriptionType, instance_id as InstanceID,
    region as Region, strftime(make_timestamp((hour * 3600 + 28800) * 1000000), '%Y-%m-%d %H:%M:%S') as UsageStartTime,
    strftime(make_timestamp((hour * 3600 + 32400) * 1000000), '%Y-%m-%d %H:%M:%S') as UsageEndTime,
    size_gib * seconds as Usage, 'GB*秒' as UsageUnit, '0.0021' as ListPrice, '元/GB/小时' as ListPriceUnit,
    round(size_gib * seconds * 21 / 36000000.0, 6)::decimal(18, 6) as PretaxGrossAmount, 0 as InvoiceDiscount,
    0 as DeductedByCoupons, round(size_gib * seconds * 21 / 36000000.0, 6)::decimal(18, 6) as PretaxAmount, 'CNY' as Currency
from (
    select *, least(until_s, hour * 3600 + 3600) - greatest(started_s, hour * 3600) as seconds
    from (
        select i.account_id, i.region, i.instance_id, c.size_micro // 1000000 as size_gib, i.started_s, i.until_s,
            unnest(range(greatest(i.started_s, {from_s}) // 3600, (least(i.until_s, {until_s}) + 3599) // 3600)) as hour
        from instance_postings as i
        inner join cache_postings as c on i.cache_key = c.cache_key
        where c.creation_method = 'manual' and i.started_s < {until_s} and i.until_s > {from_s}
    )
)
where seconds > 0
"""


def write_bill(root: Path, file: Path) -> None:
    """The month's disks hour by hour."""
    with (
        open_store(Workspace(root)).reader() as reader,
        reader.between(MIDDLE.from_s, MIDDLE.until_s) as connection,
    ):
        select = BILL.format(from_s=MIDDLE.from_s, until_s=MIDDLE.until_s)
        connection.execute(f"copy ({select}) to {text_literal(str(file))} (header)")


def run_apart(root: str, file: str) -> None:
    """What a process of its own does: reconcile and read in turn, and print the figures."""
    tariff = load("alibaba-cn")
    as_of = instant(MIDDLE.until_s + 86400)

    def ours() -> None:
        with open_store(Workspace(Path(root))).reader() as reader:
            reconcile(reader, MIDDLE, [file], as_of=as_of, tariff=tariff)

    def theirs() -> None:
        with connect(Path(root)) as connection:
            connection.execute(f"create temp table read as from read_csv({text_literal(file)})")

    taken = in_turn(ours, theirs, runs=RUNS)
    found = {"reconcile_ns": taken[0], "read_ns": taken[1], "peak_mib": peak_mib()}
    sys.stdout.write(json.dumps(found) + "\n")


def main() -> None:
    """Measure and print."""
    with folder() as path:
        root, file = path / "ws", path / "bill.csv"
        workspace(root, INSTANCES)
        write_bill(root, file)
        found = apart("reconcile", str(root), str(file))
    ratio = f"{found['reconcile_ns'] / found['read_ns']:.2f} × reading"
    what = "a bill of 1 M rows reconciled"
    table("Reconciling", [(what, ratio, "≤ 6 ×", f"{found['peak_mib']} MiB")])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        run_apart(*sys.argv[1:])
    else:
        main()
