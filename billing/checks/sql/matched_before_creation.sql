-- Purpose: caches that were used for the last time before they were created.
-- Grain:   one row per cache.
-- Takes:   cache_records.
-- Gives:   the cache and both instants.
select account_id, region, cache_id, created_at, last_matched_at
from cache_records
where last_matched_at < created_at
order by account_id, region, cache_id
