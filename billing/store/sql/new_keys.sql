-- Purpose: keys for the caches that no key stands for yet.
-- Grain:   one row per account, region and cache (null: no cache).
-- Takes:   {incoming}; cache_keys.
-- Gives:   the columns of a key; keys go on from the greatest there is.
select
    cast(
        (select coalesce(max(cache_key), 0) from cache_keys)
        + row_number() over (order by n.account_id, n.region, n.cache_id nulls first) as integer
    ) as cache_key,
    n.account_id,
    n.region,
    n.cache_id
from (select distinct account_id, region, cache_id from {incoming}) as n
where not exists (
    select 1
    from cache_keys as k
    where k.account_id = n.account_id and k.region = n.region and k.cache_id is not distinct from n.cache_id
)
