-- Purpose: the running time of plain instances that lie in the metered interval, which nearly all do: no clipping, no signs.
-- Grain:   one row per cache, tags (where asked for) and the slice that a record begins in.
-- Takes:   instance_postings; the condition of lying in a file of plain rows only; that of beginning in a slice.
-- Gives:   the columns of any_usage. All records are taken to end in the slice that they begin in: few cross into another, and
--          crossing.sql corrects that; begin_sum_s is needed only for those.
select
    cache_key,
    cast(null as bigint) as extra_ephemeral_micro,
    {tags} as tags,
    {first_slice} as first_slice,
    {first_slice} as last_slice,
    false as estimated,
    sum(until_s - started_s) as seconds,
    0 as begin_sum_s,
    count(*) as records,
    0 as empty_records
from instance_postings
where
    {plain}
    {in_slice}
    {selected}
group by {keys}
