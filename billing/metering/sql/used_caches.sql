-- Purpose: which of the caches whose build has no known end were used all the same.
-- Grain:   one row per cache.
-- Takes:   cache_postings, every_instance_posting (the journals, whole); instances that start at or after {as_of_s} don't count.
-- Gives:   cache_key.
select i.cache_key
from every_instance_posting as i
where
    i.started_s < {as_of_s}
    and i.cache_key in (
        select c.cache_key
        from cache_postings as c
        where c.sign = 1 and c.ready_s is null and c.failed_s is null and not c.ready_observed
    )
group by i.cache_key
having sum(i.sign) > 0
