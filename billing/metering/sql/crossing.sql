-- Purpose: the correction for plain records that touch more than one slice: taken from where they begin, given to where they lie.
-- Grain:   as plain_usage, twice.
-- Takes:   instance_postings; the plain ones, as in plain_usage; {crosses}: a record runs over one of the edges between slices.
-- Gives:   the columns of any_usage.
select
    cache_key,
    cast(null as bigint) as extra_ephemeral_micro,
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
        {tags} as tags,
        {first_slice} as first_slice,
        {last_slice} as last_slice,
        sum(until_s - started_s) as seconds,
        sum(started_s - {from_s}) as begin_sum_s,
        count(*) as records
    from instance_postings
    where
        {plain}
        and ({crosses})
        {selected}
    group by 1, 2, 3, 4
) as crossing
cross join (select 1 as way union all select -1 as way) as ways
