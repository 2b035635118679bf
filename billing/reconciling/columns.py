"""The columns of a bill under names of our own, and how each source calls them.

English names are compared without capitals, spaces and punctuation, so that the API's `PretaxGrossAmount` and the console's
`Pretax Gross Amount` are one name. Chinese names are those of the console's exports, which changed over the years.
Sources: the official field lists of DescribeInstanceBill, DescribeSplitItemBill and QueryInstanceBill; the help pages on bill
details (2024-07, 2025-11); FOCUS 1.0 to 1.2.
"""

import re
from collections.abc import Mapping, Sequence

TEXTS = (
    "cycle", "date", "begin", "end", "owner", "payer", "product", "product_name", "product_detail", "commodity", "item_code",
    "item_name", "item_type", "subscription", "instance_id", "split_id", "region", "list_price", "list_price_unit", "usage_unit",
    "period_unit", "currency", "charge_class",
)  # fmt: skip
"""Columns that stay text when they are read."""

AMOUNTS = ("gross", "discount", "coupons", "round_down", "pretax", "vouchers", "tax")
"""Money: at most 15 decimals. Gross is before anything is taken off; pretax after discount, coupons and rounding down."""

QUANTITIES = ("usage", "resource_package", "period")

_ENGLISH: Mapping[str, Sequence[str]] = {
    "cycle": ("billingcycle", "billingmonth"),
    "date": ("splitbillingdate", "billingdate"),
    "begin": ("usagestarttime", "billingstarttime", "starttime", "servicestarttime"),
    "end": ("usageendtime", "billingendtime", "endtime", "serviceendtime"),
    "owner": ("splitaccountid", "ownerid", "owneraccountid", "resourceowneraccountid"),
    "payer": ("billaccountid", "accountid", "resourcepurchaseaccountid"),
    "product": ("productcode",),
    "product_name": ("productname", "product"),
    "product_detail": ("splitproductdetail", "productdetail", "commodityname"),
    "commodity": ("splitcommoditycode", "commoditycode", "productdetailcode"),
    "item_code": ("billingitemcode", "billableitemcode"),
    "item_name": ("billingitem", "billableitem", "billingitemname"),
    "item_type": ("item", "billtype", "lineitemtype", "feetype"),
    "subscription": ("subscriptiontype", "billingmethod"),
    "instance_id": ("instanceid",),
    "split_id": ("splititemid",),
    "region": ("region", "regionid"),
    "list_price": ("listprice",),
    "list_price_unit": ("listpriceunit",),
    "usage": ("usage",),
    "usage_unit": ("usageunit",),
    "period": ("serviceperiod", "serviceduration"),
    "period_unit": ("serviceperiodunit", "durationunit"),
    "resource_package": ("deductedbyresourcepackage", "resourcepackagededuction"),
    "gross": ("pretaxgrossamount", "cataloguegrossamount"),
    "discount": ("invoicediscount", "discount", "discountamount"),
    "coupons": ("deductedbycoupons", "coupondiscount"),
    "round_down": ("rounddowndiscount", "roundingadjustment"),
    "pretax": ("pretaxamount",),
    "vouchers": ("deductedbycashcoupons", "deductedbyvouchers", "voucherdeduction"),
    "tax": ("tax",),
    "currency": ("currency",),
}

_CHINESE: Mapping[str, Sequence[str]] = {
    "cycle": ("账期", "账单月份"),
    "date": ("账单日期", "消费日期", "日期", "分账日期"),
    "begin": ("账单开始时间", "使用开始时间", "开始时间", "服务开始时间"),
    "end": ("账单结束时间", "使用结束时间", "结束时间", "服务结束时间"),
    "owner": ("资源归属账号ID", "Owner账号ID", "所有者账号ID", "资源拥有者账号ID", "拥有账号ID"),
    "payer": ("账号ID", "资源购买账号ID", "账单所属账号ID", "账单归属账号ID"),
    "product": ("产品Code", "产品代码"),
    "product_name": ("产品", "产品名称"),
    "product_detail": ("产品明细", "商品名称", "商品"),
    "commodity": ("商品Code", "商品代码", "产品明细Code"),
    "item_code": ("计费项Code", "计费项代码"),
    "item_name": ("计费项", "计费项名称"),
    "item_type": ("账单类型", "费用类型", "交易类型"),
    "subscription": ("消费类型", "订阅类型", "付费方式"),
    "instance_id": ("实例ID", "资源实例ID"),
    "split_id": ("分拆项ID",),
    "region": ("地域", "区域"),
    "list_price": ("官网价", "单价", "目录价"),
    "list_price_unit": ("单价单位", "官网价单位", "价格单位"),
    "usage": ("用量",),
    "usage_unit": ("用量单位",),
    "period": ("服务时长",),
    "period_unit": ("时长单位", "服务时长单位"),
    "resource_package": ("资源包抵扣", "资源包抵扣量"),
    "gross": ("目录总价", "原价", "原始金额", "官网总价"),
    "discount": ("优惠金额", "折扣金额"),
    "coupons": ("优惠券抵扣", "优惠券优惠金额"),
    "round_down": ("抹零金额", "抹零优惠"),
    "pretax": ("应付金额", "优惠后金额"),
    "vouchers": ("代金券抵扣",),
    "tax": ("税额", "税金"),
    "currency": ("币种",),
}

FOCUS: Mapping[str, Sequence[str]] = {
    "cycle": ("billingperiodstart",),
    "begin": ("chargeperiodstart",),
    "end": ("chargeperiodend",),
    "owner": ("subaccountid",),
    "payer": ("billingaccountid",),
    "product": ("xcommoditycode", "servicename"),
    "product_name": ("servicename",),
    "product_detail": ("xcommodityname", "chargedescription"),
    "commodity": ("xcommoditycode",),
    "item_code": ("xbillingitemcode", "skumeter"),
    "item_name": ("xbillingitemname",),
    "item_type": ("chargecategory",),
    "subscription": ("chargefrequency",),
    "instance_id": ("xbilledresourceid", "xinstanceid", "resourceid"),
    "split_id": ("xbilledresourceid", "resourceid"),
    "region": ("regionid",),
    "list_price": ("listunitprice",),
    "list_price_unit": ("pricingunit",),
    "usage": ("pricingquantity",),
    "usage_unit": ("pricingunit",),
    "gross": ("listcost",),
    "pretax": ("billedcost",),
    "currency": ("billingcurrency",),
    "charge_class": ("chargeclass",),
}
"""FOCUS knows one amount before discounts and one after; what lies between is discount."""

_NAMED = {alias: name for name, aliases in _ENGLISH.items() for alias in aliases} | {
    alias.lower(): name for name, aliases in _CHINESE.items() for alias in aliases
}


def normal(header: str) -> str:
    """A column's name as names are compared: without capitals, spaces and punctuation."""
    return re.sub(r"[\W_]+", "", header.replace("\ufeff", "")).lower()


def bill_columns(header: Sequence[str]) -> dict[str, str]:
    """Our names for a header's columns, each with the header's own; where two say the same, the more exact one counts."""
    found: dict[str, str] = {}
    for written in header:
        name = _NAMED.get(normal(written))
        if name is not None and (name not in found or _rank(name, written) < _rank(name, found[name])):
            found[name] = written
    return found


def focus_columns(header: Sequence[str]) -> dict[str, str]:
    """Our names for the columns of a FOCUS file, each with the file's own."""
    written = {normal(each): each for each in header}
    return {
        name: written[next(alias for alias in aliases if alias in written)]
        for name, aliases in FOCUS.items()
        if any(alias in written for alias in aliases)
    }


def _rank(name: str, written: str) -> int:
    aliases = [*_ENGLISH[name], *(alias.lower() for alias in _CHINESE[name])]
    return aliases.index(normal(written))
