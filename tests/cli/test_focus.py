"""`imcost focus`: the columns of each version, exact sums, corrections, and reading it back without a difference."""

import csv
import json
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from billing.exporting.focus.charges import SERVICES
from billing.exporting.focus.columns import COLUMNS
from billing.warehouse import connect, text_literal
from rules.charges import CHARGES
from tests.cli.running import Shell
from tests.reconciling.paper import caches_csv, instances_csv
from tests.reconciling.provider import world
from tests.reconciling.workspace import PRICED

AS_OF = ("--as-of", "2026-12-10T00:00:00+08:00")
MANDATORY = {
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart",
    "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost",
    "EffectiveCost", "InvoiceIssuerName", "ListCost", "PricingQuantity", "PricingUnit", "ServiceCategory", "ServiceName",
}  # fmt: skip
"""Of both versions, as their lists of columns say."""

OF_VERSION = {
    "1.2": {"ProviderName", "PublisherName"},
    "1.4": {"HostProviderName", "ServiceProviderName"},
}

HALF_PRICE = """
[[discounts]]
rate = "ebs.essd_pl1"
region = "cn-hangzhou"
off = "50%"
from = 2021-07-01
source = "made for a test"
read = "2026-11"
trust = "own"
"""


@pytest.fixture
def shop(imcost: Shell, tmp_path: Path) -> Shell:
    """A workspace with the usage of a small company in October."""
    caches, instances = world(Random(5), caches=3, instances=8)
    imcost("init")
    (imcost.workspace / "tariffs").mkdir(exist_ok=True)
    (imcost.workspace / "tariffs" / "ours.toml").write_text(PRICED)
    (imcost.workspace / "tariffs" / "half.toml").write_text(PRICED.replace('"ours"', '"half"') + HALF_PRICE)
    (tmp_path / "caches.csv").write_text(caches_csv(caches))
    (tmp_path / "instances.csv").write_text(instances_csv(instances))
    assert imcost("import", tmp_path / "caches.csv", tmp_path / "instances.csv", *AS_OF).code == 0
    return imcost


def export(
    imcost: Shell, *options: str | Path, month: str = "2026-10", tariff: str = "ours"
) -> list[dict[str, str]]:
    """The rows of the CSV file."""
    done = imcost("focus", month, "--output", "out", *options, *AS_OF, "--tariff", tariff)
    assert (done.code, done.err) == (0, "")
    with (imcost.workspace.parent / "out" / f"imcost-focus-{month}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def total(rows: list[dict[str, str]], column: str = "BilledCost") -> Decimal:
    return sum((Decimal(row[column]) for row in rows), Decimal(0))


def test_every_charge_has_a_service() -> None:
    assert set(SERVICES) == {declared.id for declared in CHARGES}


@pytest.mark.parametrize("version", ["1.2", "1.4"])
def test_the_mandatory_columns_are_there_and_own_ones_come_last(shop: Shell, version: str) -> None:
    rows = export(shop, "--version", version)
    names = list(rows[0])
    assert set(names) >= MANDATORY | OF_VERSION[version]
    others = set().union(*(found for each, found in OF_VERSION.items() if each != version))
    assert not set(names) & others
    own = [name.startswith("x_") for name in names]
    assert own == sorted(own)
    public = names[: own.index(True)]
    assert public == sorted(public)
    required = [column.name for column in COLUMNS if column.name in names and not column.nullable]
    assert all(row[name] for row in rows for name in required)
    metadata = json.loads((shop.workspace.parent / "out" / "imcost-focus-2026-10.metadata.json").read_text())
    assert metadata["Schema"]["FocusVersion"] == version
    assert [column["ColumnName"] for column in metadata["Schema"]["ColumnDefinition"]] == names


def test_the_costs_are_exact_and_the_same_in_both_formats(shop: Shell) -> None:
    rows = export(shop)
    charges = shop("charges", "2026-10", *AS_OF, "--tariff", "ours", "--json").json
    assert total(rows) == total(rows, "EffectiveCost") == total(rows, "ListCost") == Decimal(charges["total"])
    assert {row["x_LineId"] for row in rows} == {line["line_id"] for line in charges["lines"]}
    for row in rows:
        price = Decimal(row["PricingQuantity"]) * Decimal(row["ListUnitPrice"])
        assert abs(price - Decimal(row["ListCost"])) < Decimal("1e-9")
    assert {row["BillingPeriodStart"] for row in rows} == {"2026-09-30T16:00:00Z"}
    with connect(shop.workspace.parent) as connection:
        file = text_literal(str(shop.workspace.parent / "out" / "imcost-focus-2026-10.parquet"))
        types = dict(
            connection.execute(
                f"select column_name, column_type from (describe from read_parquet({file}))"
            ).fetchall()
        )
        found = connection.execute(f"select sum(BilledCost) from read_parquet({file})").fetchall()
    assert types["BilledCost"] == "DECIMAL(38,15)"
    assert types["ChargePeriodStart"] == "TIMESTAMP WITH TIME ZONE"
    assert found == [(total(rows),)]


@pytest.mark.parametrize("version", ["1.2", "1.4"])
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_reading_it_back_gives_no_difference(shop: Shell, version: str, kind: str) -> None:
    export(shop, "--version", version)
    bill = f"out/imcost-focus-2026-10.{kind}"
    done = shop("reconcile", "2026-10", bill, *AS_OF, "--tariff", "ours", "--json")
    assert done.code == 0
    assert (done.json["difference"], done.json["disagreement"]) == ("0", "0")
    assert done.json["broken_rows"]["count"] == 0
    assert {each["class"] for each in done.json["differences"]} <= {"rounding"}


def test_a_discount_of_the_tariff_lies_between_list_and_billed_cost(shop: Shell) -> None:
    rows = export(shop, tariff="half")
    full = total(export(shop))
    assert total(rows, "ListCost") == full
    disks = [row for row in rows if row["SkuId"] == "ebs.essd_pl1" and row["RegionId"] == "cn-hangzhou"]
    assert disks
    for row in disks:
        assert abs(Decimal(row["BilledCost"]) * 2 - Decimal(row["ListCost"])) <= Decimal("1e-10")
        assert Decimal(row["ContractedUnitPrice"]) * 2 == Decimal(row["ListUnitPrice"])
    assert total(rows) < full


def test_corrections_are_rows_of_their_own_and_are_read_back_as_such(shop: Shell, tmp_path: Path) -> None:
    for month in ("2026-09", "2026-10"):
        shop("close", month, *AS_OF, "--tariff", "ours", "--allow-estimates")
    before = export(shop)
    _, instances = world(Random(5), caches=3, instances=8)
    text = instances_csv(instances).splitlines()
    names = text[0].split(",")
    late = dict(zip(names, text[1].split(","), strict=True)) | {
        "retracted": "true",
        "observed_at": "2026-12-05T00:00:00Z",
    }
    (tmp_path / "late.csv").write_text(",".join(late) + "\n" + ",".join(late.values()) + "\n")
    assert shop("import", tmp_path / "late.csv", *AS_OF).code == 0
    assert export(shop) == before
    rows = export(shop, month="2026-11")
    corrections = [row for row in rows if row["ChargeClass"] == "Correction"]
    assert corrections
    assert all(row["ChargePeriodStart"] == "2026-09-30T16:00:00Z" for row in corrections)
    assert all(row["BillingPeriodStart"] == "2026-10-31T16:00:00Z" for row in rows)
    assert total(corrections) < 0
    stated = shop("statement", "2026-11", *AS_OF, "--tariff", "ours", "--json").json["statements"]
    assert total(rows) == sum(Decimal(each["total"]) for each in stated)
    back = shop("reconcile", "2026-11", "out/imcost-focus-2026-11.csv", *AS_OF, "--tariff", "ours", "--json")
    assert back.code == 0
    assert (
        Decimal(back.json["classes"]["refund"]["amount"])
        == total(corrections)
        == Decimal(back.json["difference"])
    )


def test_names_of_others_are_no_formulas(shop: Shell, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text(
        "cache_id,account_id,region,cache_name,size_gib,snapshot_gib,created_at,ready_at,tags,observed_at\n"
        'imc-odd,=1,cn-hangzhou,=cmd(),40,2,2026-10-05T00:00:00Z,2026-10-05T00:05:00Z,"{""team"":""a,b""}",2026-11-05T00:00:00Z\n'
    )
    assert shop("import", tmp_path / "odd.csv", *AS_OF).code == 0
    rows = [row for row in export(shop) if row["ResourceId"] == "imc-odd"]
    assert {row["ResourceName"] for row in rows} == {"'=cmd()"}
    assert {row["BillingAccountId"] for row in rows} == {"'=1"}
    assert {json.loads(row["Tags"])["team"] for row in rows} == {"a,b"}


def test_what_has_no_price_is_said_and_ends_in_1(shop: Shell) -> None:
    done = shop(
        "focus", "2026-10", "--output", "out", *AS_OF, "--tariff", "alibaba-cn", "--format", "csv", "--json"
    )
    assert done.code == 1
    assert done.json["unrated"] > 0
    assert "have no rate" in done.err
    assert [Path(file).suffix for file in done.json["files"]] == [".csv", ".json"]
