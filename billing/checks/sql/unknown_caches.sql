-- Purpose: caches that instances name and no usage record describes: their use is not metered.
-- Grain:   one row per cache.
-- Takes:   instance_records, cache_records, cache_keys.
-- Gives:   the cache and how many instances name it.
select k.account_id, k.region, k.cache_id, i.instances
from (
    select cache_key, count(*) as instances
    from instance_records
    where cache_key not in (select cache_key from cache_records)
    group by cache_key
) as i
inner join cache_keys as k on i.cache_key = k.cache_key
where k.cache_id is not null
order by k.account_id, k.region, k.cache_id
