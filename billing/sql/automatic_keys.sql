-- Purpose: which caches were ever recorded as created automatically.
-- Grain:   one row per cache key.
-- Takes:   cache_postings (the journal).
-- Gives:   cache_key.
select distinct cache_key
from cache_postings
where sign = 1 and creation_method = 'automatic'
