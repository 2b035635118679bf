-- Purpose: caches whose build has no known end, neither recorded nor observed.
-- Grain:   one row per posting.
-- Takes:   cache_postings (the journal).
-- Gives:   cache_key.
select c.cache_key
from cache_postings as c
where c.sign = 1 and c.ready_s is null and c.failed_s is null and not c.ready_observed
