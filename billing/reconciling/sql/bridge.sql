-- Purpose: what lies between the gross amount and the amount due, and what is no matter of ours at all.
-- Grain:   one row per verdict, account, region and item of the bill.
-- Takes:   scoped_rows.
-- Gives:   sums; of rows that aren't compared only due counts. residual: what the rows' own arithmetic leaves unexplained.
select
    verdict,
    account_id,
    region,
    item,
    case when min(resource) = max(resource) and min(resource) <> region then min(resource) end as resource,
    count(*) as rows,
    sum(due) as due,
    -sum(discount) as discount,
    count(*) filter (discount <> 0) as discounts,
    -sum(coupons) as coupons,
    count(*) filter (coupons <> 0) as coupon_rows,
    -sum(vouchers) as vouchers,
    count(*) filter (vouchers <> 0) as voucher_rows,
    sum(tax) as tax,
    -sum(round_down) as round_down,
    sum(pretax - (gross - discount - coupons - round_down)) as residual,
    min(file) as file,
    min(line) as line
from scoped_rows
group by verdict, account_id, region, item
order by verdict, account_id, region, item
