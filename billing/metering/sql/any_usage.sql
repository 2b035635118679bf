-- Purpose: the running time of all instances but the plain ones, in one pass over the journal.
-- Grain:   one row per cache, declared extra storage, tags (where asked for), first and last slice that a record touches.
-- Takes:   instance_postings (the journal); {from_s} and {until_s} bound the metered interval; the plain ones, as in plain_usage.
--          Reversals cancel what they reverse, also where that is a plain one: nothing here looks at history.
-- Gives:   seconds in all, what lies before the first slice cut off; begin_sum_s, the sum of the begins after {from_s}; the
--          number of records, and of those without length, which touch the slice that they begin in.
select
    cache_key,
    extra_ephemeral_micro,
    {tags} as tags,
    {first_slice} as first_slice,
    case when until_s <= started_s then {first_slice} else {last_slice} end as last_slice,
    false as estimated,
    sum(sign * (least(until_s, {until_s}) - greatest(started_s, {from_s}))) as seconds,
    sum(sign * (greatest(started_s, {from_s}) - {from_s})) as begin_sum_s,
    sum(sign) as records,
    sum(case when until_s <= started_s then sign else 0 end) as empty_records
from instance_postings
where
    not ({plain})
    and started_s < {until_s}
    and until_s >= {from_s}
    and (until_s > {from_s} or started_s >= {from_s})
    {selected}
group by 1, 2, 3, 4, 5
