-- Purpose: the caches as metering knows them, with the container group that built each where it is known.
-- Grain:   one row per cache.
-- Takes:   current_caches (left by metering), cache_postings.
-- Gives:   the columns of current_caches, container_group_id, and the place of the cache's id among all ids.
create or replace temp table known_caches as
select c.*, g.container_group_id, cast(dense_rank() over (order by c.cache_id) as integer) as number
from current_caches as c
left join (
    select cache_key, max(container_group_id) as container_group_id
    from cache_postings
    where sign = 1
    group by cache_key
) as g on c.cache_key = g.cache_key
