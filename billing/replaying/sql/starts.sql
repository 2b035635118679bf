-- Purpose: when instances start from the caches that are simulated; a text for each cache, because so many single rows are
--          slow to fetch, and grouping them by second is slower still.
-- Grain:   one row per cache.
-- Takes:   instance_postings; wanted_keys(cache_key).
-- Gives:   the seconds after {from_s} of all starts in [{from_s}, {until_s}), counted from 1, in no order; those of reversals
--          negative.
select cache_key, string_agg((started_s - {from_s} + 1) * sign, ' ') as starts
from instance_postings
where
    started_s >= {from_s}
    and started_s < {until_s}
    and sign <> 0
    and cache_key in (select cache_key from wanted_keys)
group by cache_key
