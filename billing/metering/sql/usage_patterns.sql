-- Purpose: the instances' running time in one pass over the journal.
-- Grain:   one row per cache, declared extra storage, tags (where asked for), first and last slice that a record touches,
--          and whether the record is empty; estimated rows repeat the part of open records past their last observation.
-- Takes:   instance_postings (the journal); {from_s} and {until_s} bound the metered interval.
-- Gives:   seconds in all, those before the first slice's begin having been cut off; begin_sum_s, the sum of the begins
--          after {from_s}, needed only where first and last slice differ; the number of records. Reversals (sign -1) cancel what
--          they reverse, so nothing here looks at history.
--          Few records cross from one slice into another: all are taken to end where they begin; crossing.sql corrects that.
select
    cache_key,
    extra_ephemeral_micro,
    {tags} as tags,
    {first_slice} as first_slice,
    {first_slice} as last_slice,
    until_s <= started_s as empty,
    false as estimated,
    sum(sign * (least(until_s, {until_s}) - greatest(started_s, {from_s}))) as seconds,
    0 as begin_sum_s,
    sum(sign) as records
from instance_postings
where
    started_s < {until_s}
    and until_s >= {from_s}
    and (until_s > {from_s} or started_s >= {from_s})
    {selected}
group by 1, 2, 3, 4, 6
having sum(sign) <> 0
{crossing}
union all
select
    cache_key,
    extra_ephemeral_micro,
    {tags} as tags,
    {first_estimated_slice} as first_slice,
    {last_slice} as last_slice,
    false as empty,
    true as estimated,
    sum(sign * (least(until_s, {until_s}) - greatest(known_until_s, {from_s}))) as seconds,
    sum(sign * (greatest(known_until_s, {from_s}) - {from_s})) as begin_sum_s,
    sum(sign) as records
from instance_postings
where
    started_s < {until_s}
    and until_s > {from_s}
    and known_until_s < {until_s}
    and known_until_s < until_s
    {selected}
group by 1, 2, 3, 4, 5
having sum(sign) <> 0
