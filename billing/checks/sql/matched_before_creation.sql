-- Purpose: caches that were used for the last time before they were created.
-- Grain:   one row per cache.
-- Takes:   current_caches.
-- Gives:   the cache and both instants.
select account_id, region, cache_id, created_at, last_matched_at
from current_caches
where last_matched_at < created_at
order by account_id, region, cache_id
