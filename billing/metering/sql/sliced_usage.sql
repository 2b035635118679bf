-- Purpose: the seconds of each slice where slices are many and nobody asks how many instances there are: as usage_patterns and usage
--          would have them, without a group for each pair of first and last slice.
-- Grain:   one row per cache, declared extra storage and slice.
-- Takes:   instance_postings; slices(slice, from_s, until_s), which are the interval [{from_s}, {until_s}); the plain ones, as in
--          plain_usage; {crosses}: a plain record runs over an edge between slices; {at_slice}: the slice that at_s lies in.
-- Gives:   seconds, and estimated_seconds, the part of them that no observation confirms. What runs up to a slice's end is the sum
--          over all begins before it of the time since, less the same of all ends. Plain records are taken to end in the slice that
--          they begin in, and those that don't are taken off there again.
with spans as (
    select
        cache_key,
        extra_ephemeral_micro,
        false as estimated,
        sign,
        greatest(started_s, {from_s}) as begin_s,
        least(until_s, {until_s}) as end_s
    from instance_postings
    where not ({plain}) and started_s < {until_s} and until_s > {from_s} and until_s > started_s {selected}
    union all
    select
        cache_key,
        cast(null as bigint) as extra_ephemeral_micro,
        false as estimated,
        1 as sign,
        started_s as begin_s,
        until_s as end_s
    from instance_postings
    where {plain} and ({crosses}) {selected}
    union all
    select
        cache_key,
        extra_ephemeral_micro,
        true as estimated,
        sign,
        greatest(known_until_s, {from_s}) as begin_s,
        least(until_s, {until_s}) as end_s
    from instance_postings
    where
        not ({plain})
        and started_s < {until_s}
        and until_s > {from_s}
        and known_until_s < {until_s}
        and known_until_s < until_s
        {selected}
),

edges as (
    select
        cache_key,
        extra_ephemeral_micro,
        estimated,
        {at_slice} as slice,
        sum(way) as running,
        sum(way * (at_s - {from_s})) as at_sum_s
    from (
        select
            cache_key,
            extra_ephemeral_micro,
            estimated,
            case when side = 1 then begin_s else end_s end as at_s,
            side * sign as way
        from spans
        cross join (select 1 as side union all select -1 as side) as sides
    ) as sided
    group by 1, 2, 3, 4
),

passed as (
    select
        k.cache_key,
        k.extra_ephemeral_micro,
        k.estimated,
        s.slice,
        sum(coalesce(e.running, 0)) over so_far * (s.until_s - {from_s})
        - sum(coalesce(e.at_sum_s, 0)) over so_far as passed_s
    from (select distinct cache_key, extra_ephemeral_micro, estimated from edges) as k
    cross join slices as s
    left join edges as e
        on
            k.cache_key = e.cache_key
            and k.extra_ephemeral_micro is not distinct from e.extra_ephemeral_micro
            and k.estimated = e.estimated
            and s.slice = e.slice
    window so_far as (
        partition by k.cache_key, k.extra_ephemeral_micro, k.estimated
        order by s.slice
        rows between unbounded preceding and current row
    )
),

spread as (
    select
        cache_key,
        extra_ephemeral_micro,
        slice,
        estimated,
        passed_s - coalesce(
            lag(passed_s) over (partition by cache_key, extra_ephemeral_micro, estimated order by slice), 0
        ) as seconds
    from passed
    union all
    select
        cache_key,
        cast(null as bigint) as extra_ephemeral_micro,
        {first_slice} as slice,
        false as estimated,
        sum(until_s - started_s) as seconds
    from instance_postings
    where {plain} {selected}
    group by 1, 3
    union all
    select
        cache_key,
        cast(null as bigint) as extra_ephemeral_micro,
        {first_slice} as slice,
        false as estimated,
        sum(started_s - until_s) as seconds
    from instance_postings
    where {plain} and ({crosses}) {selected}
    group by 1, 3
)

select
    cache_key,
    extra_ephemeral_micro,
    cast(null as varchar) as tag,
    slice,
    cast(sum(case when estimated then 0 else seconds end) as bigint) as seconds,
    cast(sum(case when estimated then seconds else 0 end) as bigint) as estimated_seconds
from spread
group by cache_key, extra_ephemeral_micro, slice
having sum(seconds) <> 0
