-- Purpose: what the bill's rows say that they are for, and what they sum to: what a row is for is found out once for all rows that say the same.
-- Grain:   one row per distinct {texts}.
-- Takes:   bill_rows.
-- Gives:   month: the bill's month as 202610; sums of the amounts; places: the most decimals that one is written with; off: the most by which a row's own amounts contradict each other.
create or replace temp table bill_subjects as
select
    cast(row_number() over () as integer) as subject,
    * exclude (cycle),
    case
        when focus then coalesce(strftime(try_cast(cycle as timestamp) + interval 8 hour, '%Y%m'), '')
        else replace(replace(left(cycle, 7), '-', ''), chr(47), '')
    end as month,
    cycle
from (
    select
        {texts},
        count(*) as rows,
        sum(gross) as gross,
        sum(discount) as discount,
        count(*) filter (discount <> 0) as discounts,
        sum(coupons) as coupons,
        count(*) filter (coupons <> 0) as coupon_rows,
        sum(round_down) as round_down,
        sum(coalesce(pretax, net)) as pretax,
        max(abs(pretax - net)) as off,
        sum(vouchers) as vouchers,
        count(*) filter (vouchers <> 0) as voucher_rows,
        sum(tax) as tax,
        max(gross_places) as places
    from (
        select
            *,
            gross - discount - coupons - round_down as net
        from (
            select
                * replace (
                    coalesce(coupons, 0) as coupons,
                    coalesce(round_down, 0) as round_down,
                    coalesce(vouchers, 0) as vouchers,
                    coalesce(tax, 0) as tax,
                    case
                        when discount is not null then discount
                        when focus and gross is not null and pretax is not null then gross - pretax
                        else 0
                    end as discount,
                    {gross} as gross
                )
            from bill_rows
        ) as filled
    ) as summed
    group by {texts}
) as said
