-- Purpose: the first second of a span of months in which a cache or instance exists.
-- Grain:   one row.
-- Takes:   instance_postings, cache_postings; the span [$from_s, $until_s).
-- Gives:   that second, charged or not; null where nothing exists. A build counts to its own end, as it is metered.
select min(greatest(begin_s, $from_s))
from (
    select v.created_s as begin_s
    from cache_postings as v
    where
        v.sign = 1
        and v.created_s < $until_s
        and (
            v.created_s >= $from_s
            or v.until_s > $from_s
            or (v.creation_method = 'manual' and coalesce(v.ready_s, v.failed_s) > $from_s)
        )
        and not exists (
            select 1 from cache_postings as r where r.sign = -1 and r.batch = v.batch and r.line = v.line
        )
    union all
    select v.started_s
    from instance_postings as v
    where
        v.sign = 1
        and v.started_s < $until_s
        and (v.started_s >= $from_s or v.until_s > $from_s)
        and not exists (
            select 1 from instance_postings as r where r.sign = -1 and r.batch = v.batch and r.line = v.line
        )
) as existing
