-- Purpose: the seconds of each slice, spread from the patterns of first and last slice touched.
-- Grain:   one row per cache, declared extra storage, tag value and slice.
-- Takes:   usage_patterns; slices(slice, from_s, until_s); {from_s}, which the patterns' sums count from.
-- Gives:   seconds, and estimated_seconds, the part of them that no observation confirms.
select
    cache_key,
    extra_ephemeral_micro,
    tag,
    slice,
    cast(sum(case when estimated then 0 else spread_s end) as bigint) as seconds,
    cast(sum(case when estimated then spread_s else 0 end) as bigint) as estimated_seconds
from (
    select
        p.cache_key,
        p.extra_ephemeral_micro,
        {tag} as tag,
        s.slice,
        p.estimated,
        case
            when s.slice = p.last_slice then p.begin_sum_s + p.seconds
            else p.records * (s.until_s - {from_s})
        end
        - case when s.slice = p.first_slice then p.begin_sum_s else p.records * (s.from_s - {from_s}) end as spread_s
    from usage_patterns as p
    inner join slices as s on s.slice >= p.first_slice and s.slice <= p.last_slice
) as spread
group by cache_key, extra_ephemeral_micro, tag, slice
