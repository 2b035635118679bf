-- Purpose: hours that may have been billed at another time: of one resource, some missing on the bill and some too many.
-- Grain:   one row per hour of such a resource.
-- Takes:   compared.
-- Gives:   state ours (missing) or extra; what it differs by.
select family, account_id, region, resource, bucket, kind_of_cell, difference, bound, charge, cache_id
from (
    select
        *,
        case
            when state = 'ours' then 'ours'
            when state = 'theirs' or (state = 'both' and rows > 1 and difference > 0) then 'extra'
        end as kind_of_cell,
        count(*) filter (state = 'ours') over position as missing,
        count(*) filter (state = 'theirs' or (state = 'both' and rows > 1 and difference > 0)) over position as extra
    from compared
    where state in ('ours', 'theirs', 'both')
    window position as (partition by family, account_id, region, resource)
) as marked
where missing > 0 and extra > 0 and kind_of_cell is not null
order by family, account_id, region, resource, bucket
