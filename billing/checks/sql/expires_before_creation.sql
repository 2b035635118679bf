-- Purpose: caches that expire before they were created.
-- Grain:   one row per cache.
-- Takes:   cache_records.
-- Gives:   the cache and both instants.
select account_id, region, cache_id, created_at, expires_at
from cache_records
where expires_at < created_at
order by account_id, region, cache_id
