-- Purpose: caches that instances name and no usage record describes: their use is not metered.
-- Grain:   one row per cache.
-- Takes:   current_instances, current_caches, cache_keys.
-- Gives:   the cache and how many instances name it.
select k.account_id, k.region, k.cache_id, i.instances
from (
    select cache_key, count(*) as instances
    from current_instances
    where cache_key not in (select cache_key from current_caches)
    group by cache_key
) as i
inner join cache_keys as k on i.cache_key = k.cache_key
where k.cache_id is not null
order by k.account_id, k.region, k.cache_id
