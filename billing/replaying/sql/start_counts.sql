-- Purpose: how many instances start from each cache.
-- Grain:   one row per cache.
-- Takes:   instance_postings; the interval [{from_s}, {until_s}).
-- Gives:   cache_key, instances.
select cache_key, cast(sum(sign) as bigint) as instances
from instance_postings
where started_s >= {from_s} and started_s < {until_s}
group by cache_key
having sum(sign) <> 0
