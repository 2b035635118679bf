-- Purpose: the caches of a month with what tells their lives.
-- Grain:   one row per cache that has a current version and exists in [$from_s, $until_s), or that an instance started from.
-- Takes:   cache_records; cache_days; $from_s, $until_s in epoch seconds; $account or null.
-- Gives:   whole epoch seconds (*_s), GiB x 1 000 000 (*_micro), images as a JSON list of texts.
select
    p.cache_key,
    p.account_id,
    p.region,
    p.cache_id,
    p.cache_name,
    p.creation_method,
    p.size_micro,
    p.snapshot_micro,
    p.images,
    p.elimination_strategy,
    p.retention_days,
    epoch_us(p.expires_at) // 1000000 as expires_s,
    epoch_us(p.last_matched_at) // 1000000 as last_matched_s,
    p.created_s,
    p.ready_s,
    p.failed_s,
    p.until_s,
    p.end_derived
from cache_records as p
where
    ($account is null or p.account_id = $account)
    and (
        (
            p.created_s < $until_s
            and (p.until_s > $from_s or coalesce(p.ready_s, p.failed_s, p.created_s) >= $from_s)
        )
        or p.cache_key in (select d.cache_key from cache_days as d)
    )
order by p.account_id, p.region, p.cache_id
