-- Purpose: who the metered cache keys stand for.
-- Grain:   one row per cache key that a cache or an instance of the interval has.
-- Takes:   cache_keys, current_caches, usage_patterns.
-- Gives:   account, region, cache (null: no cache), creation method (null: no such cache is recorded).
select k.cache_key, k.account_id, k.region, k.cache_id, c.creation_method
from cache_keys as k
left join current_caches as c on k.cache_key = c.cache_key
where
    c.cache_key is not null
    or k.cache_key in (select p.cache_key from usage_patterns as p)
