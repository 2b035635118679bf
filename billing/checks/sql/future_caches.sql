-- Purpose: caches with instants later than the present moment; an expiry may well be.
-- Grain:   one row per cache.
-- Takes:   cache_records; $as_of_s.
-- Gives:   the cache and its instants.
select account_id, region, cache_id, created_at, ready_at, failed_at, standard_snapshot_at, deleted_at, last_matched_at, observed_at
from cache_records
where
    epoch_us(
        greatest(created_at, ready_at, failed_at, standard_snapshot_at, deleted_at, last_matched_at, observed_at)
    ) > cast($as_of_s as bigint) * 1000000
order by account_id, region, cache_id
