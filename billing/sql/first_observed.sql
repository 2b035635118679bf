-- Purpose: when anything was observed for the first time.
-- Grain:   one row.
-- Takes:   cache_postings and every_instance_posting (the journals).
-- Gives:   the whole epoch second of the earliest observation, null where nothing was ever recorded.
select min(observed_us) // 1000000 as observed_s
from (
    select min(epoch_us(observed_at)) as observed_us from cache_postings
    union all
    select min(epoch_us(observed_at)) as observed_us from every_instance_posting
)
