-- Purpose: from when until when each version of a cache holds a place in its quota.
-- Grain:   one row per posting; a reversal (sign -1) repeats the interval of what it reverses, so sums cancel.
-- Takes:   cache_postings (the journal), quota_keys; $failed_s, for how long a failed build is kept.
-- Gives:   [created_s, place_until_s): an observed deletion ends it; else a failed build is kept for its day, whatever its
--          retention says; else the end that follows from the expiry, else none.
select
    q.quota_key,
    c.sign,
    c.batch,
    c.line,
    c.cache_key,
    c.cache_id,
    c.created_s,
    case
        when c.deleted_at is null and c.failed_s is not null then c.failed_s + cast({failed_s} as bigint)
        else c.until_s
    end as place_until_s,
    c.deleted_at is not null as deleted,
    c.created_at,
    c.last_matched_at,
    c.elimination_strategy
from cache_postings as c
inner join quota_keys as q
    on c.account_id = q.account_id and c.region = q.region and c.creation_method = q.creation_method
where c.sign <> 0
