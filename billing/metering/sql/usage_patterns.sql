-- Purpose: the running time of one kind of instances in one pass over the journal.
-- Grain:   one row per cache, declared extra storage, tags (where asked for) and the slice that a record begins in.
-- Takes:   instance_postings (the journal); {from_s} and {until_s} bound the metered interval; {condition} is the kind, and
--          {weight} a minus for reversals, which cancel what they reverse: nothing here looks at history.
-- Gives:   seconds in all, those before the first slice's begin having been cut off; begin_sum_s, the sum of the begins
--          after {from_s}, needed only where first and last slice differ; the number of records, and of those without length.
--          Few records cross from one slice into another: all are taken to end where they begin; crossing.sql corrects that.
select
    cache_key,
    {extra} as extra_ephemeral_micro,
    {tags} as tags,
    {first_slice} as first_slice,
    {first_slice} as last_slice,
    false as estimated,
    {weight}sum(least(until_s, {until_s}) - greatest(started_s, {from_s})) as seconds,
    0 as begin_sum_s,
    {weight}count(*) as records,
    {weight}count(*) filter (where until_s <= started_s) as empty_records
from instance_postings
where
    {condition}
    and started_s < {until_s}
    and until_s >= {from_s}
    and (until_s > {from_s} or started_s >= {from_s})
    {selected}
group by {keys}
