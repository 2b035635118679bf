-- Purpose: the caches that a month is replayed with.
-- Grain:   one row per cache that has a current version and exists in [{from_s}, {until_s}) or is used by an instance that
--          runs in it, whatever its own times say.
-- Takes:   cache_records; instance_postings (the journal).
-- Gives:   what a replay decides by, whole epoch seconds (*_s), GiB x 1 000 000 (*_micro).
select
    p.cache_key,
    p.account_id,
    p.region,
    p.cache_id,
    p.cache_name,
    p.tags,
    p.creation_method,
    p.size_micro,
    p.snapshot_micro,
    p.instant,
    p.elimination_strategy,
    p.retention_days,
    p.created_s,
    p.ready_s,
    p.failed_s,
    p.standard_snapshot_s,
    p.until_s,
    p.known_until_s,
    p.end_derived,
    epoch_us(p.expires_at) // 1000000 as expires_s,
    epoch_us(p.last_matched_at) // 1000000 as last_matched_s
from cache_records as p
where
    (
        (
            p.created_s < {until_s}
            and (p.until_s > {from_s} or coalesce(p.ready_s, p.failed_s, p.created_s) >= {from_s})
        )
        or p.cache_key in (
            select i.cache_key from instance_postings as i where i.started_s < {until_s} and i.until_s >= {from_s}
        )
    )
order by p.account_id, p.region, p.cache_id
