-- Purpose: one charge, cut at the bill's buckets and at the tariff's slices.
-- Grain:   one row per cache or instance, bucket and slice.
-- Takes:   runs, known_caches, cuts (the slices, the last one up to a full hour); {per}: seconds of one unit of time.
-- Gives:   quantity: what is held (x 1 000 000) times the units of time.
select
    {charge} as charge,
    '{family}' as family,
    b.account_id,
    b.region,
    b.resource,
    b.cache_id,
    b.bucket,
    b.slice,
    cast(b.held_micro as hugeint) * ((least(b.end_s, {bucket_until}) - greatest(b.begin_s, {bucket_from})) // {per}) as quantity
from (
    select *, unnest(range({first}, {after})) as bucket
    from (
        select
            c.account_id,
            c.region,
            {resource} as resource,
            c.cache_id,
            s.slice,
            {held} as held_micro,
            greatest({begin}, s.from_s) as begin_s,
            least({end}, s.until_s) as end_s
        from {subjects}
        cross join cuts as s
        where {applies}
    ) as subjects
    where held_micro > 0 and begin_s < end_s
) as b
