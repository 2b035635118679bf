-- Purpose: what people call the caches that a report names.
-- Grain:   one row per cache that has a current version with a name.
-- Takes:   cache_records; $cache_ids: the ids asked for.
-- Gives:   account_id, region, cache_id, cache_name.
select p.account_id, p.region, p.cache_id, p.cache_name
from cache_records as p
where
    p.cache_name is not null
    and p.cache_id in (select unnest($cache_ids))
order by p.account_id, p.region, p.cache_id
