-- Purpose: every version of a cache, in the order in which they were observed.
-- Grain:   one row per version or withdrawal.
-- Takes:   cache_postings, cache_history; $key.
-- Gives:   record, batch, line, when it was observed (epoch seconds), whether it withdraws the record.
select distinct v.cache_id as record, v.batch, v.line, epoch_us(v.observed_at) // 1000000 as observed_s, v.sign = 0 as withdraws
from (
    select cache_id, batch, line, observed_at, sign from cache_postings where cache_key = $key and sign >= 0
    union all
    select cache_id, batch, line, observed_at, sign from cache_history where cache_key = $key and sign >= 0
) as v
order by record, observed_s, batch, line
