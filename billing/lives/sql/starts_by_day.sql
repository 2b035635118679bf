-- Purpose: how many instances started from some caches on each day.
-- Grain:   one row per cache of $keys and day in which any started.
-- Takes:   instance_postings; $from_s, the begin of the first day; $until_s; $keys.
-- Gives:   cache_key; day, counted from 0; starts.
select
    cache_key,
    cast((started_s - $from_s) // 86400 as integer) as day,
    cast(sum(sign) as bigint) as starts
from instance_postings
where started_s >= $from_s and started_s < $until_s and list_contains(cast($keys as integer[]), cache_key)
group by cache_key, day
having sum(sign) > 0
order by cache_key, day
