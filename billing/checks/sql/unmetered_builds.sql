-- Purpose: manual caches whose build has no known end: neither ready_at nor failed_at.
-- Grain:   one row per cache.
-- Takes:   cache_records.
-- Gives:   the cache and what its source said.
select account_id, region, cache_id, created_at, observed_at, ready_observed
from cache_records
where creation_method = 'manual' and ready_at is null and failed_at is null
order by account_id, region, cache_id
