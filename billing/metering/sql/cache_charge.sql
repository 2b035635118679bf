-- Purpose: one charge that is metered on the caches themselves.
-- Grain:   one row per cache and slice with a quantity.
-- Takes:   current_caches, slices.
-- Gives:   what is held (x 1 000 000), how many units of time, and the part of them that no observation confirms.
select
    {charge} as charge,
    c.cache_key,
    s.slice,
    cast(null as bigint) as extra_ephemeral_micro,
    c.tag,
    {held} as held_micro,
    {held_estimated} as held_estimated,
    {units} as units,
    {estimated_units} as estimated_units
from current_caches as c
cross join slices as s
where {applies}
