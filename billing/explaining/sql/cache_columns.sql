-- Purpose: a cache as metering sees it.
-- Grain:   one row.
-- Takes:   current_caches, which the meter has just made; $key.
-- Gives:   all its columns.
select * from current_caches where cache_key = $key
