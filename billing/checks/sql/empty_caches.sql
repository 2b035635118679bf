-- Purpose: caches that ended in the second in which they were created.
-- Grain:   one row per cache.
-- Takes:   cache_records.
-- Gives:   the cache and both instants.
select account_id, region, cache_id, created_at, deleted_at
from cache_records
where until_s <= created_s
order by account_id, region, cache_id
