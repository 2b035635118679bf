-- Purpose: the part of open records past their last observation.
-- Grain:   one row per cache, declared extra storage, tags (where asked for), first and last slice that the part touches.
-- Takes:   instance_postings (the journal); {from_s} and {until_s} bound the metered interval; plain ones are not open.
-- Gives:   the columns of any_usage; what is estimated is contained in the other rows, and stands here again.
select
    cache_key,
    extra_ephemeral_micro,
    {tags} as tags,
    {first_slice} as first_slice,
    {last_slice} as last_slice,
    true as estimated,
    sum(sign * (least(until_s, {until_s}) - greatest(known_until_s, {from_s}))) as seconds,
    sum(sign * (greatest(known_until_s, {from_s}) - {from_s})) as begin_sum_s,
    sum(sign) as records,
    0 as empty_records
from instance_postings
where
    not ({plain})
    and started_s < {until_s}
    and until_s > {from_s}
    and known_until_s < {until_s}
    and known_until_s < until_s
    {selected}
group by 1, 2, 3, 4, 5
having sum(sign) <> 0
