-- Purpose: instances that began to use a cache before it was ready: charged all the same, since an instance is charged for the
--          cache that it names.
-- Grain:   one row per cache.
-- Takes:   instance_records, cache_records.
-- Gives:   the cache, how many instances did, the first of them.
select c.account_id, c.region, c.cache_id, c.ready_at, min(i.started_at) as first_started_at, count(*) as instances
from instance_records as i
inner join cache_records as c on i.cache_key = c.cache_key
where i.started_s < coalesce(c.ready_s, c.created_s)
group by c.account_id, c.region, c.cache_id, c.ready_at
order by c.account_id, c.region, c.cache_id
