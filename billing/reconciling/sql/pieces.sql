-- Purpose: one charge, cut at the bill's buckets and at the tariff's slices.
-- Grain:   one row per cache or instance, bucket and slice.
-- Takes:   the spans of one charge (see spans.sql); {per}: seconds of one unit of time.
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
        {spans}
    ) as spans
) as b
