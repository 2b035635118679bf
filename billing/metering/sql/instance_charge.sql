-- Purpose: one charge that is metered on the instances which use a cache.
-- Grain:   one row per cache, declared extra storage, tag and slice with a quantity.
-- Takes:   usage, current_caches, slices.
-- Gives:   what each instance holds (x 1 000 000), the seconds, and the part of them that no observation confirms.
select
    {charge} as charge,
    i.cache_key,
    s.slice,
    i.extra_ephemeral_micro as extra_ephemeral_micro,
    coalesce(i.tag, c.tag) as tag,
    {held} as held_micro,
    {held_estimated} as held_estimated,
    i.seconds as units,
    i.estimated_seconds as estimated_units
from usage as i
inner join current_caches as c on i.cache_key = c.cache_key
inner join slices as s on i.slice = s.slice
where {applies}
