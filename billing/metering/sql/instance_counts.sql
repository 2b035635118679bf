-- Purpose: how many instances of each kind exist in the metered interval.
-- Grain:   one row per cache, declared extra storage, tag value, first and last slice touched; estimated rows count the open
--          records among them again.
-- Takes:   usage_patterns, current_caches.
-- Gives:   records, and those of them without length; such a record touches the slice that it begins in.
select
    p.cache_key,
    p.extra_ephemeral_micro,
    coalesce({tag}, c.tag) as tag,
    p.first_slice,
    p.last_slice,
    p.estimated,
    cast(sum(p.records) as bigint) as records,
    cast(sum(p.empty_records) as bigint) as empty_records
from usage_patterns as p
left join current_caches as c on p.cache_key = c.cache_key
group by 1, 2, 3, 4, 5, 6
having sum(p.records) <> 0
