-- Purpose: hours that may have been billed at another time: of one resource, some missing on the bill and some too many.
-- Grain:   one row per hour of such a resource, whatever its state.
-- Takes:   compared.
-- Gives:   state ours (missing), extra, or as compared; both amounts.
select family, account_id, region, resource, bucket, kind_of_cell, ours, theirs, bound, charge, cache_id
from (
    select
        *,
        case
            when state = 'ours' then 'ours'
            when state = 'theirs' or (state = 'both' and rows > 1 and difference > 0) then 'extra'
            else state
        end as kind_of_cell,
        count(*) filter (state = 'ours') over position as missing,
        count(*) filter (state = 'theirs' or (state = 'both' and rows > 1 and difference > 0)) over position as extra
    from compared
    window position as (partition by family, account_id, region, resource)
) as marked
where missing > 0 and extra > 0
order by family, account_id, region, resource, bucket
