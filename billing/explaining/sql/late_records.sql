-- Purpose: which records behind a line of a closed month came, changed or went after the books had last looked.
-- Grain:   one row per version that is new since, or no longer counts, the earliest begin first.
-- Takes:   every_instance_posting, cache_postings (with history); $key; what was posted after $since; $from_s, $until_s: the line's
--          period, which an instance has to touch; $instances: whether instances concern the line.
-- Gives:   kind, record, batch, line, observed_s; counts: 1 for a version that counts now, -1 for one that did before; begin_s, end_s.
with posted as (
    select
        'instance' as kind, instance_id as record, batch, line, epoch_us(observed_at) // 1000000 as observed_s, sign,
        started_s as begin_s, until_s as end_s, coalesce(extra_ephemeral_micro, -1)::varchar as metered
    from every_instance_posting
    where $instances and cache_key = $key and posted > $since and started_s < $until_s and until_s > $from_s
    union all
    select
        'cache', cache_id, batch, line, epoch_us(observed_at) // 1000000, sign, created_s, until_s,
        concat_ws(
            ' ', creation_method, size_micro, coalesce(snapshot_micro, -1), snapshot_copies, flash_copies, instant,
            coalesce(ready_s, -1), coalesce(failed_s, -1), coalesce(standard_snapshot_s, -1), ready_observed
        )
    from cache_postings
    where cache_key = $key and posted > $since
),

net as (
    select kind, record, batch, line, observed_s, begin_s, end_s, metered, sum(sign) as counts
    from posted
    group by all
    having sum(sign) <> 0
),

-- What was only observed again, with the same values, is no reason for a correction.
moved as (
    select kind, record, begin_s, end_s, metered
    from net
    group by all
    having sum(counts) <> 0
)

select n.kind, n.record, n.batch, n.line, n.observed_s, cast(n.counts as integer) as counts, n.begin_s, n.end_s
from net as n
semi join moved as m
    on n.kind = m.kind and n.record = m.record and n.begin_s = m.begin_s and n.end_s = m.end_s and n.metered = m.metered
order by n.begin_s, n.record, counts, n.batch, n.line
