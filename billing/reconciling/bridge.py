"""From the gross amount to the amount due: discounts, coupons, vouchers, refunds, tax, each apart, and what is none of ours."""

from collections.abc import Iterator
from decimal import Decimal

from billing.reconciling.reasons import reason
from billing.reconciling.result import Difference, exact
from billing.warehouse import Connection, sql_file

OUT_OF_SCOPE = frozenset(
    {"other_product", "other_account", "other_month", "prepaid", "own_compute", "own_storage", "no_cache"}
)
"""Why rows are out of scope: the verdicts, each a sentence of its own; they are named also where they cost nothing."""

CLASS_OF = {"refund": "refund", "tax": "tax", "voucher": "voucher"}


def bridged(connection: Connection) -> Iterator[Difference]:
    """The differences that lead from the compared amounts to what is due."""
    for (
        verdict, account_id, region, item, resource, rows, due, discount, discounts, coupons, coupon_rows, vouchers,
        voucher_rows, tax, round_down, residual,
    ) in connection.execute(sql_file("billing.reconciling", "bridge")).fetchall():  # fmt: skip
        ids = (account_id, region, "", resource or "")
        if verdict != "compare":
            if due or verdict in OUT_OF_SCOPE:
                said = verdict if verdict == "tax" or verdict in OUT_OF_SCOPE else "given_back"
                why = reason(said, item=item)
                yield Difference(CLASS_OF.get(verdict, "out_of_scope"), exact([due]), "", *ids, why, rows)
            continue
        parts: tuple[tuple[str, Decimal, str, int], ...] = (
            ("discount", discount, "discounts", discounts),
            ("coupon", coupons, "coupons", coupon_rows),
            ("voucher", vouchers, "vouchers", voucher_rows),
            ("tax", tax, "tax_on", rows),
            ("rounding", round_down, "rounded_down", rows),
            ("discount", residual, "off", rows),
        )
        for class_, amount, said, count in parts:
            if amount:
                yield Difference(class_, exact([amount]), "", *ids, reason(said, item=item), count)
