-- Purpose: when the caches that are simulated were last used before the interval.
-- Grain:   one row per cache with an instance that counts and starts before {from_s}.
-- Takes:   instance_postings, which reach back for some time; wanted_keys(cache_key).
-- Gives:   cache_key, last_started_s.
select cache_key, max(started_s) as last_started_s
from (
    select cache_key, started_s
    from instance_postings
    where started_s < {from_s} and cache_key in (select cache_key from wanted_keys)
    group by cache_key, started_s
    having sum(sign) > 0
) as starts
group by cache_key
