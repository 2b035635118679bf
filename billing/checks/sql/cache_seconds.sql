-- Purpose: caches whose metered seconds don't follow from their instants.
-- Grain:   one row per version.
-- Takes:   cache_records.
-- Gives:   the version and its instants.
select account_id, region, cache_id, batch, line, created_at, ready_at, failed_at, deleted_at
from cache_records
where
    created_s <> epoch_us(created_at) // 1000000
    or ready_s is distinct from epoch_us(ready_at) // 1000000
    or failed_s is distinct from epoch_us(failed_at) // 1000000
    or (deleted_at is not null and until_s <> epoch_us(deleted_at) // 1000000)
    or until_s < created_s
order by account_id, region, cache_id
