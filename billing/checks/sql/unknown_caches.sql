-- Purpose: caches that instances name and no usage record describes: their use is not metered.
-- Grain:   one row per cache.
-- Takes:   current_instances, current_caches.
-- Gives:   the cache and how many instances name it.
select account_id, region, cache_id, count(*) as instances
from current_instances
where cache_id is not null and cache_key not in (select cache_key from current_caches)
group by account_id, region, cache_id
order by account_id, region, cache_id
