-- Purpose: rows of the bill that break their own arithmetic.
-- Grain:   one row per row and rule that it breaks.
-- Takes:   bill_rows; {tolerated}: what no row is blamed for.
-- Gives:   file, line, rule, the written amount and the computed one.
select *
from (
    select
        file,
        line,
        'net' as rule,
        pretax as written,
        gross - coalesce(discount, 0) - coalesce(coupons, 0) - coalesce(round_down, 0) as computed
    from bill_rows
    where not focus and gross is not null and pretax is not null
    union all
    select
        file,
        line,
        'list' as rule,
        gross as written,
        coalesce(
            try_cast(usage as decimal(19, 11)) * try_cast(replace(list_price, ',', '') as decimal(19, 12)),
            try_cast(usage as decimal(19, 4)) * try_cast(replace(list_price, ',', '') as decimal(19, 9))
        ) as computed
    from bill_rows
    where focus and gross is not null and usage is not null and list_price <> ''
) as sides
where computed is not null and abs(written - computed) > {tolerated}
order by file, line
