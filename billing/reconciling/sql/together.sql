-- Purpose: what is billed by region: the caches that are held from and until the same moments are one.
-- Grain:   one row per account, region, slice, begin and end; caches mostly last the whole month, so there are few.
-- Takes:   the spans of one charge, one row per cache and slice.
-- Gives:   the columns of spans; cache_id null where several caches are together.
select
    account_id,
    region,
    resource,
    case when min(cache_id) = max(cache_id) then min(cache_id) end as cache_id,
    slice,
    cast(sum(held_micro) as hugeint) as held_micro,
    begin_s,
    end_s
from ({spans}) as alone
group by account_id, region, resource, slice, begin_s, end_s
