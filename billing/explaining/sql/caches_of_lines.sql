-- Purpose: the caches of many lines as metering sees them, each with the version that counts.
-- Grain:   one row per cache.
-- Takes:   current_caches, which the meter has just made for those caches alone; cache_records.
-- Gives:   all columns of the meter; batch, line and observed_s of the version.
select c.*, r.batch, r.line, epoch_us(r.observed_at) // 1000000 as observed_s
from current_caches as c
inner join cache_records as r on c.cache_key = r.cache_key
