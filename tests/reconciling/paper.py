"""What a bill looks like on paper: CSV in English and Chinese, answers of the API, FOCUS; and our side's usage records."""

import csv
import gzip
import io
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.reconciling.provider import Cache, Instance, Row

HEADERS = {
    "english": (
        "BillingCycle", "AccountID", "OwnerID", "ProductCode", "CommodityCode", "BillingItemCode", "Item", "SubscriptionType",
        "UsageStartTime", "UsageEndTime", "InstanceID", "Region", "Usage", "UsageUnit", "ListPrice", "ListPriceUnit",
        "PretaxGrossAmount", "InvoiceDiscount", "DeductedByCoupons", "PretaxAmount", "DeductedByCashCoupons", "Currency",
    ),
    "console": (
        "Billing Cycle", "Account ID", "Owner ID", "Product Code", "Commodity Code", "Billing Item Code", "Bill Type",
        "Subscription Type", "Usage Start Time", "Usage End Time", "Instance ID", "Region", "Usage", "Usage Unit", "List Price",
        "List Price Unit", "Pretax Gross Amount", "Discount", "Deducted By Coupons", "Pretax Amount", "Deducted By Vouchers",
        "Currency",
    ),
    "chinese": (
        "账期", "账号ID", "Owner账号ID", "产品Code", "商品Code", "计费项Code", "账单类型", "消费类型", "账单开始时间",
        "账单结束时间",
        "实例ID", "地域", "用量", "用量单位", "单价", "单价单位", "目录总价", "优惠金额", "优惠券抵扣", "应付金额",
        "代金券抵扣", "币种",
    ),
}  # fmt: skip
NAMES = {"cn-hangzhou": "华东1（杭州）", "cn-beijing": "华北2（北京）"}


def money(millionths: int) -> str:
    """An amount as bills write it."""
    sign, units = "-" if millionths < 0 else "", abs(millionths)
    return f"{sign}{units // 1_000_000}.{units % 1_000_000:06}"


def local(at: datetime) -> str:
    """A time as bills write it: in the billing zone, without saying so."""
    return at.strftime("%Y-%m-%d %H:%M:%S")


def cells(row: Row) -> list[str]:
    """A row's fields in the order of the headers."""
    return [
        "2026-10", row.account, row.account, row.product, row.commodity, row.item, row.kind, "PayAsYouGo", local(row.begin),
        local(row.end), row.instance, NAMES.get(row.region, row.region), row.usage, row.usage_unit, row.price, row.price_unit,
        money(row.gross), money(row.discount), money(row.coupon), money(row.pretax), money(row.voucher), "CNY",
    ]  # fmt: skip


def as_csv(rows: Sequence[Row], header: str = "english", encoding: str = "utf-8") -> bytes:
    """A bill as CSV; a broken row is written in bytes that no encoding reads."""
    written = io.StringIO()
    csv.writer(written).writerow(HEADERS[header])
    content = written.getvalue().encode(encoding)
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow(cells(row))
        data = line.getvalue().encode("utf-8" if encoding == "utf-8-sig" else encoding)
        content += data.replace(b"\r\n", b"\xff\xfe\xff\r\n") if row.broken else data
    return content


def item(row: Row, **more: Any) -> dict[str, Any]:
    """A row as an item of the API's answers; amounts are numbers."""
    values = dict(zip(HEADERS["english"], cells(row), strict=True))
    for name in ("UsageStartTime", "UsageEndTime", "BillingCycle", "AccountID"):
        del values[name]
    return values | {"BillAccountID": row.account} | more


def answer(items: Sequence[dict[str, Any]], *, wrapped: bool = False) -> dict[str, Any]:
    """An answer of the API around items."""
    data = {"BillingCycle": "2026-10", "AccountID": "1001", "TotalCount": len(items), "MaxResults": 300}
    inside: Any = {"Item": list(items)} if wrapped else list(items)
    return {"Code": "Success", "Success": True, "RequestId": "A-1", "Data": data | {"Items": inside}}


def summed(rows: Sequence[Row], key: Callable[[Row], object]) -> list[tuple[object, Row]]:
    """Rows added up by a key, as the bills by day and by month are."""
    from dataclasses import replace
    from fractions import Fraction

    together: dict[object, Row] = {}
    for row in rows:
        at = (key(row), row.account, row.region, row.product, row.commodity, row.item, row.instance, row.kind)
        if (found := together.get(at)) is None:
            together[at] = row
        else:
            together[at] = replace(
                found, gross=found.gross + row.gross, discount=found.discount + row.discount, coupon=found.coupon + row.coupon,
                voucher=found.voucher + row.voucher, usage=str(Fraction(found.usage) + Fraction(row.usage)),
            )  # fmt: skip
    return [(at[0], row) for at, row in together.items()]  # type: ignore[index]


def instance_bill(rows: Sequence[Row]) -> bytes:
    """DescribeInstanceBill for the month, in pages."""
    items = [item(row) for _, row in summed(rows, lambda row: 0)]
    pages = [answer(items[at : at + 20]) for at in range(0, len(items), 20)]
    return "\n".join(json.dumps(page, ensure_ascii=False) for page in pages).encode()


def query_instance_bill(rows: Sequence[Row]) -> bytes:
    """QueryInstanceBill, day by day."""
    items = [
        item(row, BillingDate=day) for day, row in summed(rows, lambda row: row.begin.date().isoformat())
    ]
    return json.dumps([answer(items, wrapped=True)], ensure_ascii=False).encode()


def split_bill(rows: Sequence[Row]) -> bytes:
    """DescribeSplitItemBill, day by day; what is split is the account's ECI."""
    items = [
        item(row, SplitBillingDate=day, SplitItemID=row.instance, SplitAccountID=row.account)
        for day, row in summed(rows, lambda row: row.begin.date().isoformat())
    ]
    return json.dumps(answer(items), ensure_ascii=False).encode()


FOCUS_COLUMNS = (
    "BilledCost", "BillingAccountId", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory",
    "ChargeClass",
    "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost", "EffectiveCost", "ListCost", "ListUnitPrice", "PricingQuantity",
    "PricingUnit", "RegionId", "ResourceId", "ServiceName", "SubAccountId", "Tags", "x_BillingItemCode", "x_CommodityCode",
    "x_InstanceID",
)  # fmt: skip


def as_focus(rows: Sequence[Row], *, zone: str = "utc") -> bytes:
    """FOCUS 1.0 as CSV; its times are UTC, unless an export says so and isn't."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(FOCUS_COLUMNS)
    for row in rows:
        begin, end = (
            (at.astimezone(UTC) if zone == "utc" else at).strftime("%Y-%m-%dT%H:%M:%SZ")
            for at in (row.begin, row.end)
        )
        net = money(row.pretax)
        writer.writerow([
            net, "1001", "CNY", "2026-10-31T16:00:00Z", "2026-09-30T16:00:00Z", "Usage", "NULL", end, begin, net, net,
            money(row.gross), row.price, "NULL", row.price_unit, row.region, row.instance, "Elastic", row.account, "NULL",
            row.item, row.commodity, row.instance,
        ])  # fmt: skip
    return written.getvalue().encode()


def packed(content: bytes) -> bytes:
    """The content with gzip."""
    return gzip.compress(content, mtime=0)


def caches_csv(caches: Sequence[Cache]) -> str:
    """Our records of the caches."""
    lines = [
        "cache_id,account_id,region,creation_method,size_gib,snapshot_gib,created_at,ready_at,deleted_at,observed_at"
    ]
    for cache in caches:
        deleted = cache.deleted.isoformat() if cache.deleted else ""
        lines.append(
            f"{cache.id},{cache.account},{cache.region},manual,{cache.size},{cache.snapshot},{cache.created.isoformat()},"
            f"{cache.ready.isoformat()},{deleted},2026-11-05T00:00:00+08:00"
        )
    return "\n".join(lines) + "\n"


def instances_csv(instances: Sequence[Instance]) -> str:
    """Our records of the instances."""
    lines = ["instance_id,account_id,region,cache_id,vcpu,memory_gib,started_at,ended_at,observed_at"]
    lines += [
        f"{one.id},{one.cache.account},{one.cache.region},{one.cache.id},2,4,{one.started.isoformat()},{one.ended.isoformat()},"
        "2026-11-05T00:00:00+08:00"
        for one in instances
    ]
    return "\n".join(lines) + "\n"
