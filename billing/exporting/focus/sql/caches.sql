-- Purpose: what is known of caches beside their costs.
-- Grain:   one row per cache that counts.
-- Takes:   cache_records.
-- Gives:   account_id, region, cache_id, cache_name (null: none), tags as a JSON object (null: none).
select p.account_id, p.region, p.cache_id, p.cache_name, p.tags
from cache_records as p
