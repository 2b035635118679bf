-- Purpose: keys that stand for two caches, and caches that have two keys.
-- Grain:   one row per key.
-- Takes:   cache_keys.
-- Gives:   the key and the cache.
select cache_key, account_id, region, cache_id
from cache_keys
qualify
    count(*) over (partition by cache_key) > 1
    or count(*) over (partition by account_id, region, cache_id) > 1
order by cache_key
