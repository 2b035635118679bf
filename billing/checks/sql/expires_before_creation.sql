-- Purpose: caches that expire before they were created.
-- Grain:   one row per cache.
-- Takes:   current_caches.
-- Gives:   the cache and both instants.
select account_id, region, cache_id, created_at, expires_at
from current_caches
where expires_at < created_at
order by account_id, region, cache_id
