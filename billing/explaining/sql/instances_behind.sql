-- Purpose: the instances behind a charge of one cache.
-- Grain:   one row per instance that counts and runs inside [$from_s, $until_s).
-- Takes:   instance_postings; $key.
-- Gives:   its name, the version that counts and when that was observed, and what is metered of it.
select
    i.instance_id,
    i.batch,
    i.line,
    i.started_s,
    i.until_s,
    i.known_until_s,
    i.extra_ephemeral_micro,
    i.derived,
    epoch_us(i.observed_at) // 1000000 as observed_s
from instance_postings as i
where
    i.sign = 1
    and i.cache_key = $key
    and i.started_s < $until_s
    and i.until_s > $from_s
    and not exists (
        select 1
        from instance_postings as r
        where r.sign = -1 and r.cache_key = $key and r.batch = i.batch and r.line = i.line
    )
