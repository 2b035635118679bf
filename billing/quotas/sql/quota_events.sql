-- Purpose: places that are taken and given back: +1 at each creation, -1 at each end, and the opposite for a reversal.
-- Grain:   one row per posting and end of its interval; what happened before {from_s} is at {from_s}.
-- Takes:   quota_places; [{from_s}, {until_s}], both ends included, in epoch seconds.
-- Gives:   delta, by how much the count changes; rows of one instant add up, and to 0 where reversals cancel all.
select quota_key, greatest(at_s, {from_s}) as at_s, delta
from (
    select quota_key, unnest([created_s, place_until_s]) as at_s, unnest([sign, -sign]) as delta
    from quota_places
    where created_s <= {until_s} and place_until_s > created_s
) as changes
where at_s <= {until_s}
