"""`imcost reconcile`: tables, JSON and CSV, tolerances, and bills that can't be read or are of another month."""

from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from tests.cli.running import Result, Shell
from tests.reconciling.paper import as_csv, as_focus, caches_csv, instances_csv, packed
from tests.reconciling.provider import Row, bill, world
from tests.reconciling.workspace import PRICED

AS_OF = ("--as-of", "2026-11-10")


@pytest.fixture
def rows(imcost: Shell, tmp_path: Path) -> list[Row]:
    """The bill of a month whose usage lies in the workspace."""
    caches, instances = world(Random(5), caches=2, instances=5)
    imcost("init")
    (tmp_path / "caches.csv").write_text(caches_csv(caches))
    (tmp_path / "instances.csv").write_text(instances_csv(instances))
    (imcost.workspace / "tariffs").mkdir(exist_ok=True)
    (imcost.workspace / "tariffs" / "ours.toml").write_text(PRICED)
    assert imcost("import", tmp_path / "caches.csv", tmp_path / "instances.csv").code == 0
    return bill(caches, instances)


def reconcile(imcost: Shell, *args: str | Path) -> Result:
    """The command for October."""
    return imcost("reconcile", "2026-10", *args, *AS_OF, "--tariff", "ours")


def test_a_true_bill_reconciles(imcost: Shell, tmp_path: Path, rows: list[Row]) -> None:
    (tmp_path / "bill.csv.gz").write_bytes(packed(as_csv(rows)))
    result = reconcile(imcost, "bill.csv.gz")
    assert (result.code, result.err) == (0, "")
    assert "they agree" in result.out
    answer = reconcile(imcost, "bill.csv.gz", "--json").json
    assert answer["month"], answer["currency"] == ("2026-10", "CNY")
    assert answer["files"] == [
        {"path": "bill.csv.gz", "format": "bill CSV", "rows": len(rows), "quarantined": 0}
    ]
    assert set(answer["differences"][0]) >= {
        "class", "amount", "charge", "account_id", "region", "cache_id", "instance_id", "reason",
    }  # fmt: skip


def test_several_files_are_one_bill(imcost: Shell, tmp_path: Path, rows: list[Row]) -> None:
    (tmp_path / "one.csv").write_bytes(as_csv(rows[:200], "chinese", "gb18030"))
    (tmp_path / "two.csv").write_bytes(as_focus(rows[200:]))
    assert reconcile(imcost, "one.csv", "two.csv").code == 0
    assert reconcile(imcost, "one.csv").code == 1


def test_what_is_missing_makes_it_1_unless_tolerated(imcost: Shell, tmp_path: Path, rows: list[Row]) -> None:
    gone = next(row for row in rows if row.product == "yundisk" and row.instance == "eci-00001")
    (tmp_path / "bill.csv").write_bytes(as_csv([row for row in rows if row is not gone]))
    result = reconcile(imcost, "bill.csv")
    assert result.code == 1
    assert "1 hour of the cache disk" in result.out
    assert "do not agree" in result.out
    assert reconcile(imcost, "bill.csv", "--tolerance", "1").code == 0
    assert reconcile(imcost, "bill.csv", "--tolerance", "50%").code == 0
    assert reconcile(imcost, "bill.csv", "--tolerance", "0.000001%").code == 1
    wrong = reconcile(imcost, "bill.csv", "--tolerance", "much")
    assert (wrong.code, wrong.err.count("\n")) == (2, 1)


def test_csv_has_every_difference_and_no_formula(imcost: Shell, tmp_path: Path, rows: list[Row]) -> None:
    from dataclasses import replace

    hostile = replace(
        rows[0], account="=cmd()", region="\x1b[2J", instance="@x", kind="Refund", product="=1+1"
    )
    (tmp_path / "bill.csv").write_bytes(as_csv([*rows, hostile]))
    result = reconcile(imcost, "bill.csv", "--csv", "differences.csv")
    assert "\x1b" not in result.out + result.err
    text = (tmp_path / "differences.csv").read_text()
    assert text.startswith("class,amount,charge,account_id")
    assert "'=cmd()" in text


def test_a_bill_of_another_month_or_currency_is_refused(
    imcost: Shell, tmp_path: Path, rows: list[Row]
) -> None:
    (tmp_path / "bill.csv").write_bytes(as_csv(rows))
    other = imcost("reconcile", "2026-09", "bill.csv", *AS_OF)
    assert (other.code, other.out) == (2, "")
    assert "the bill is of 202610, not of 2026-09" in other.err
    dollars = imcost("reconcile", "2026-10", "bill.csv", "--tariff", "alibaba-intl", *AS_OF)
    assert dollars.code == 2
    assert "the bill is in CNY" in dollars.err


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"{}", b"PAR1 broken", b"", b"\x00\x01\x02"])
def test_what_is_no_bill_is_refused(imcost: Shell, tmp_path: Path, rows: list[Row], content: bytes) -> None:
    (tmp_path / "bill").write_bytes(content)
    result = reconcile(imcost, "bill")
    assert result.code == 2
    assert result.err.startswith("error: ")
    assert result.err.count("\n") == 1


def test_an_unreadable_row_is_named(imcost: Shell, tmp_path: Path, rows: list[Row]) -> None:
    content = as_csv(rows).replace(
        b"yundisk,yundisk,yundisk,PayAsYouGoBill", b"yundisk,yundisk,yundisk,PayAsYouGoBill,,,", 1
    )
    (tmp_path / "bill.csv").write_bytes(content)
    result = reconcile(imcost, "bill.csv")
    assert result.code == 1
    assert "1 rows of the bill could not be read" in result.err
    assert "rows of it could not be read: bill.csv:" in result.out


CACHES = """cache_id,account_id,region,creation_method,size_gib,snapshot_gib,instant,created_at,ready_at,failed_at,\
standard_snapshot_at,observed_at
imc-whole,1,cn-hangzhou,manual,40,2,false,2026-09-05T00:00:00Z,2026-09-05T00:05:00Z,,,2026-11-05T00:00:00Z
imc-failed,1,cn-hangzhou,manual,40,2,false,2026-10-05T00:00:00Z,,2026-10-05T00:05:00Z,,2026-11-05T00:00:00Z
imc-building,1,cn-hangzhou,manual,40,2,false,2026-10-05T00:00:00Z,,,,2026-11-05T00:00:00Z
imc-instant,1,cn-hangzhou,manual,40,2,true,2026-09-05T00:00:00Z,2026-09-05T00:05:00Z,,,2026-11-05T00:00:00Z
imc-begun,1,cn-hangzhou,manual,40,2,true,2026-10-09T00:00:00Z,2026-10-09T00:05:00Z,,2026-10-09T02:00:00Z,2026-11-05T00:00:00Z
imc-auto,1,cn-hangzhou,automatic,40,,false,2026-10-05T00:00:00Z,2026-10-05T00:05:00Z,,,2026-11-05T00:00:00Z
""".replace("\\\n", "")


def test_builds_without_an_end_and_snapshots_without_a_begin_are_in_no_class(
    imcost: Shell, tmp_path: Path
) -> None:
    """Our side is what the bill of the month says, also where an instant is not known: it is neither always nor for ever."""
    (tmp_path / "caches.csv").write_text(CACHES)
    assert imcost("import", tmp_path / "caches.csv").code == 0
    row = "2026-10,1,ecs,other,i-1,cn-hangzhou,3,3,CNY"
    (tmp_path / "bill.csv").write_text(
        f"BillingCycle,AccountID,ProductCode,BillingItemCode,InstanceID,Region,PretaxGrossAmount,PretaxAmount,Currency\n{row}\n"
    )
    answer = imcost("reconcile", "2026-10", "bill.csv", *AS_OF, "--json").json
    ours = imcost("charges", "2026-10", *AS_OF, "--json").json["total"]
    assert answer["ours"] == ours
    missing = Decimal(answer["classes"]["missing_in_bill"]["amount"])
    assert abs(missing + Decimal(ours)) < Decimal("0.00000001")


def test_the_monthly_report_takes_the_bill(imcost: Shell, tmp_path: Path, rows: list[Row]) -> None:
    (tmp_path / "bill.csv").write_bytes(as_csv(rows, "chinese", "gb18030"))
    page = tmp_path / "page.html"
    options = (*AS_OF, "--tariff", "ours", "--bill", "bill.csv")
    good = imcost("report", "2026-10", *options, "--html", page, "--json")
    assert (good.code, good.json["reconciles"]) == (0, True)
    assert 'id="reconciliation"' in page.read_text()
    (tmp_path / "bill.csv").write_bytes(as_csv(rows[1:]))
    bad = imcost("report", "2026-10", *options, "--html", page, "--lang", "zh", "--format", "json")
    assert bad.code == 1
    assert bad.json["reconciliation"] == reconcile(imcost, "bill.csv", "--json").json
    assert "the bill does not reconcile" in bad.err
    assert "不在账单上" in page.read_text()
    tolerated = imcost("report", "2026-10", *options, "--tolerance", "50%", "--xlsx", tmp_path / "book.xlsx")
    assert tolerated.code == 0
    alone = imcost("report", "2026-10", *options, "--html", page, "--account", "1001")
    assert (alone.code, alone.err.count("\n")) == (2, 1)


def test_the_page_is_written_in_chinese(imcost: Shell, tmp_path: Path, rows: list[Row]) -> None:
    (tmp_path / "bill.csv").write_bytes(as_csv(rows[1:]))
    assert reconcile(imcost, "bill.csv", "--html", "page.html", "--lang", "zh").code == 1
    assert "从我方合计到账单" in (tmp_path / "page.html").read_text()
