-- Purpose: how many places are taken and given back, +1 at each creation and -1 at each end.
-- Grain:   one row per quota and instant at which the count changes; what happened before {from_s} is one row at {from_s}.
-- Takes:   quota_places; [{from_s}, {until_s}], both ends included, in epoch seconds.
-- Gives:   delta, by how much the count changes.
select
    quota_key,
    at_s,
    cast(sum(delta) as bigint) as delta
from (
    select quota_key, greatest(created_s, {from_s}) as at_s, sign as delta
    from quota_places
    where created_s <= {until_s} and place_until_s > created_s
    union all
    select quota_key, greatest(place_until_s, {from_s}) as at_s, -sign as delta
    from quota_places
    where place_until_s <= {until_s} and place_until_s > created_s
) as changes
group by quota_key, at_s
having sum(delta) <> 0
