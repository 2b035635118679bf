-- Purpose: the caches of a replay as postings.
-- Grain:   one row per life; what is metered on the lives of one cache adds up under its key.
-- Takes:   formed_caches, the caches as they are chosen to be made; lives, when they begin and end.
-- Gives:   the columns of cache_postings.
select p.* replace (
    l.created_s as created_s,
    l.ready_s as ready_s,
    l.standard_snapshot_s as standard_snapshot_s,
    l.until_s as until_s,
    l.known_until_s as known_until_s,
    l.end_derived as end_derived
)
from lives as l
inner join formed_caches as p on l.cache_key = p.cache_key
