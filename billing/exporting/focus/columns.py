"""The columns of FOCUS that a month fills, in the order of the specification, with the versions that have each.

All mandatory columns of both versions are here, and those conditional ones that apply to image caches. Columns of our own come
last and begin with x_, as the specification asks. Source: FOCUS 1.2 (2025-05) and the Cost and Usage dataset of 1.4, in which
the host and the provider of a service take the place of provider and publisher.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from billing.exporting.focus.charges import PROVIDER, SNAPSHOTS, unit
from billing.exporting.focus.rows import Row
from rules.period import instant

Version = Literal["1.2", "1.4"]
VERSIONS: tuple[Version, ...] = ("1.2", "1.4")
"""The versions that can be written, the usual one first."""

Kind = Literal["String", "Decimal", "Date/Time", "JSON"]
Level = Literal["mandatory", "conditional", "recommended", "own"]
Value = str | Decimal | None

PARQUET = {"String": "VARCHAR", "Decimal": "DECIMAL(38,15)", "Date/Time": "TIMESTAMPTZ", "JSON": "VARCHAR"}
"""The Parquet type of each kind."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name and kind in the specification, what fills it, and whether it may be null."""

    name: str
    kind: Kind
    level: Level
    fill: Callable[[Row], Value]
    nullable: bool = False
    versions: tuple[Version, ...] = VERSIONS


def columns_of(version: Version) -> tuple[Column, ...]:
    """The columns of a version, in order."""
    return tuple(column for column in COLUMNS if version in column.versions)


def _instant(at_s: int) -> str:
    """An instant in UTC, as FOCUS writes it."""
    return instant(at_s).strftime("%Y-%m-%dT%H:%M:%SZ")


def _description(row: Row) -> str:
    said = f"{row.charge.title['en']}: {row.line['cache_id']}"
    return f"{said}; {row.line['reason']}" if row.correction else said


def _price_id(row: Row) -> str:
    parts = (row.charge.rate or row.charge.id, row.line["region"], row.line["rate_from"])
    return "/".join(part for part in parts if part)


def _billed_resource(row: Row) -> str | None:
    """The resource that the provider's bill names: a build's own, and for snapshots the region.

    Disks of instances have one each, and a row is for all of them, so none is named.
    """
    if row.charge.record == "instance":
        return None
    return str(row.line["region" if row.service.subcategory == SNAPSHOTS else "cache_id"])


COLUMNS: tuple[Column, ...] = (
    Column("BilledCost", "Decimal", "mandatory", lambda row: row.amount),
    Column("BillingAccountId", "String", "mandatory", lambda row: row.statement.account_id),
    Column("BillingAccountName", "String", "mandatory", lambda row: None, nullable=True),
    Column("BillingCurrency", "String", "mandatory", lambda row: row.statement.document["currency"]),
    Column("BillingPeriodEnd", "Date/Time", "mandatory", lambda row: _instant(row.month.until_s)),
    Column("BillingPeriodStart", "Date/Time", "mandatory", lambda row: _instant(row.month.from_s)),
    Column("ChargeCategory", "String", "mandatory", lambda row: "Usage"),
    Column(
        "ChargeClass",
        "String",
        "mandatory",
        lambda row: "Correction" if row.correction else None,
        nullable=True,
    ),
    Column("ChargeDescription", "String", "mandatory", _description, nullable=True),
    Column("ChargeFrequency", "String", "recommended", lambda row: "Usage-Based"),
    Column("ChargePeriodEnd", "Date/Time", "mandatory", lambda row: _instant(row.until_s)),
    Column("ChargePeriodStart", "Date/Time", "mandatory", lambda row: _instant(row.from_s)),
    Column("ConsumedQuantity", "Decimal", "conditional", lambda row: row.quantity, nullable=True),
    Column("ConsumedUnit", "String", "conditional", lambda row: unit(row.line["unit"]), nullable=True),
    Column("ContractedCost", "Decimal", "mandatory", lambda row: row.amount),
    Column(
        "ContractedUnitPrice", "Decimal", "conditional", lambda row: Decimal(row.line["rate"]), nullable=True
    ),
    Column("EffectiveCost", "Decimal", "mandatory", lambda row: row.amount),
    Column("HostProviderName", "String", "mandatory", lambda row: PROVIDER, versions=("1.4",)),
    Column(
        "InvoiceId",
        "String",
        "conditional",
        lambda row: row.statement.document["statement_id"],
        nullable=True,
    ),
    Column("InvoiceIssuerName", "String", "mandatory", lambda row: PROVIDER),
    Column("ListCost", "Decimal", "mandatory", lambda row: row.list_cost),
    Column("ListUnitPrice", "Decimal", "conditional", lambda row: row.list_price, nullable=True),
    Column("PricingCategory", "String", "conditional", lambda row: "Standard", nullable=True),
    Column("PricingQuantity", "Decimal", "mandatory", lambda row: row.priced_quantity, nullable=True),
    Column("PricingUnit", "String", "mandatory", lambda row: unit(row.line["per"]), nullable=True),
    Column("ProviderName", "String", "mandatory", lambda row: PROVIDER, versions=("1.2",)),
    Column("PublisherName", "String", "mandatory", lambda row: PROVIDER, versions=("1.2",)),
    Column("RegionId", "String", "conditional", lambda row: row.line["region"], nullable=True),
    Column("RegionName", "String", "conditional", lambda row: row.line["region"], nullable=True),
    Column("ResourceId", "String", "conditional", lambda row: row.line["cache_id"], nullable=True),
    Column("ResourceName", "String", "conditional", lambda row: row.cache.name, nullable=True),
    Column("ResourceType", "String", "conditional", lambda row: row.service.resource_type, nullable=True),
    Column("ServiceCategory", "String", "mandatory", lambda row: row.service.category),
    Column("ServiceName", "String", "mandatory", lambda row: row.service.name),
    Column("ServiceProviderName", "String", "mandatory", lambda row: PROVIDER, versions=("1.4",)),
    Column("ServiceSubcategory", "String", "recommended", lambda row: row.service.subcategory),
    Column("SkuId", "String", "conditional", lambda row: row.charge.rate or row.charge.id, nullable=True),
    Column("SkuMeter", "String", "conditional", lambda row: row.service.meter, nullable=True),
    Column("SkuPriceDetails", "JSON", "conditional", lambda row: None, nullable=True),
    Column("SkuPriceId", "String", "conditional", _price_id, nullable=True),
    Column(
        "Tags",
        "JSON",
        "conditional",
        lambda row: json.dumps(dict(row.cache.tags), ensure_ascii=False),
        nullable=True,
    ),
    Column("x_BilledResourceId", "String", "own", _billed_resource, nullable=True),
    Column("x_ChargeId", "String", "own", lambda row: row.charge.id),
    Column("x_CreationMethod", "String", "own", lambda row: row.line["creation_method"]),
    Column("x_Estimated", "String", "own", lambda row: str(row.line["estimated"]).lower()),
    Column("x_LineId", "String", "own", lambda row: row.line["line_id"]),
    Column("x_StatementStatus", "String", "own", lambda row: row.statement.status),
)
"""The columns of all versions."""
