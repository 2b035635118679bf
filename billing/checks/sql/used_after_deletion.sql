-- Purpose: instances that began to use a cache after it had been deleted.
-- Grain:   one row per cache.
-- Takes:   instance_records, cache_records.
-- Gives:   the cache, how many instances did, the last of them.
select c.account_id, c.region, c.cache_id, c.deleted_at, max(i.started_at) as last_started_at, count(*) as instances
from instance_records as i
inner join cache_records as c on i.cache_key = c.cache_key
where c.deleted_at is not null and i.started_at >= c.deleted_at
group by c.account_id, c.region, c.cache_id, c.deleted_at
order by c.account_id, c.region, c.cache_id
