-- Purpose: which of the caches whose build has no known end were used all the same.
-- Grain:   one row per cache.
-- Takes:   every_instance_posting (the journal, whole); caches_without_end; instances that start at or after {as_of_s} don't count.
-- Gives:   cache_key.
select i.cache_key
from every_instance_posting as i
where
    i.started_s < {as_of_s}
    and i.cache_key in ({asked_for})
group by i.cache_key
having sum(i.sign) > 0
