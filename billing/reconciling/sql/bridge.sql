-- Purpose: what lies between the gross amount and the amount due, and what is no matter of ours at all.
-- Grain:   one row per verdict, account, region and item of the bill.
-- Takes:   subjects.
-- Gives:   sums; of rows that aren't compared only due counts. residual: what the rows' own arithmetic leaves unexplained.
select
    verdict,
    account_id,
    region,
    item,
    case when min(resource) = max(resource) and min(resource) <> region then min(resource) end as resource,
    sum(rows) as rows,
    sum(due) as due,
    -sum(discount) as discount,
    sum(discounts) as discounts,
    -sum(coupons) as coupons,
    sum(coupon_rows) as coupon_rows,
    -sum(vouchers) as vouchers,
    sum(voucher_rows) as voucher_rows,
    sum(tax) as tax,
    -sum(round_down) as round_down,
    sum(pretax - (gross - discount - coupons - round_down)) as residual
from subjects
group by verdict, account_id, region, item
order by verdict, account_id, region, item
