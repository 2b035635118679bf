-- Purpose: the correction for records that touch more than one slice: taken from where they begin, given to where they lie.
-- Grain:   as usage_patterns, twice.
-- Takes:   instance_postings; {crosses}: a record runs over one of the edges between slices.
-- Gives:   the columns of usage_patterns.
select
    cache_key,
    extra_ephemeral_micro,
    tags,
    first_slice,
    case when way = 1 then last_slice else first_slice end as last_slice,
    false as estimated,
    way * seconds as seconds,
    case when way = 1 then begin_sum_s else 0 end as begin_sum_s,
    way * records as records,
    0 as empty_records
from (
    select
        cache_key,
        extra_ephemeral_micro,
        {tags} as tags,
        {first_slice} as first_slice,
        {last_slice} as last_slice,
        sum(sign * (least(until_s, {until_s}) - greatest(started_s, {from_s}))) as seconds,
        sum(sign * (greatest(started_s, {from_s}) - {from_s})) as begin_sum_s,
        sum(sign) as records
    from instance_postings
    where
        started_s < {until_s}
        and until_s > {from_s}
        and ({crosses})
        {selected}
    group by 1, 2, 3, 4, 5
    having sum(sign) <> 0
) as crossing
cross join (select 1 as way union all select -1 as way) as ways
