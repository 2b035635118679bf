-- Purpose: what is billed by region: the caches that are held from and until the same moments are one.
-- Grain:   one row per account, region, slice, begin and end; caches mostly last the whole month, so there are few.
-- Takes:   the spans of one charge, one row per cache and slice.
-- Gives:   the columns of spans; cache null where several caches are together.
select
    account_id,
    region,
    resource,
    case when min(cache) = max(cache) then min(cache) end as cache,
    slice,
    cast(sum(held_micro) as hugeint) as held_micro,
    begin_s,
    end_s
from ({spans}) as alone
group by account_id, region, resource, slice, begin_s, end_s
