"""From the gross amount to the amount due: discounts, coupons, vouchers, refunds, tax, each apart, and what is none of ours."""

from collections.abc import Iterator
from decimal import Decimal

from billing.reconciling.result import Difference, exact
from billing.warehouse import Connection, sql_file

REASONS = {
    "other_product": "rows of a product that no image cache's cost is billed in",
    "other_account": "rows of an account that no usage record belongs to",
    "other_month": "rows of another month's bill",
    "prepaid": "prepaid orders, which are no usage",
    "own_compute": "the instances' own vCPU and memory, which their cache does not cause",
    "own_storage": "storage that the instances declared themselves, beyond their cache's disk",
    "no_cache": "disks of instances that used no cache",
}
"""Why rows are out of scope."""

CLASS_OF = {"refund": "refund", "tax": "tax", "voucher": "voucher"}


def bridged(connection: Connection) -> Iterator[Difference]:
    """The differences that lead from the compared amounts to what is due."""
    for (
        verdict, account_id, region, item, resource, rows, due, discount, discounts, coupons, coupon_rows, vouchers,
        voucher_rows, tax, round_down, residual, *_,
    ) in connection.execute(sql_file("billing.reconciling", "bridge")).fetchall():  # fmt: skip
        ids = (account_id, region, "", resource or "")
        if verdict != "compare":
            if due or verdict in REASONS:
                reason = (
                    f"{REASONS.get(verdict, 'given back, or adjusted')}: {item}"
                    if verdict != "tax"
                    else f"tax: {item}"
                )
                yield Difference(CLASS_OF.get(verdict, "out_of_scope"), exact([due]), "", *ids, reason, rows)
            continue
        parts: tuple[tuple[str, Decimal, str, int], ...] = (
            ("discount", discount, "discounts on", discounts),
            ("coupon", coupons, "coupons on", coupon_rows),
            ("voucher", vouchers, "vouchers on", voucher_rows),
            ("tax", tax, "tax on", rows),
            ("rounding", round_down, "rounded down by the provider:", rows),
            (
                "discount",
                residual,
                "the bill's own amounts don't add up: before minus after discounts, on",
                rows,
            ),
        )
        for class_, amount, said, count in parts:
            if amount:
                yield Difference(class_, exact([amount]), "", *ids, f"{said} {item}", count)
