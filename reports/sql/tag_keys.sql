-- Purpose: which tag keys the records of a month have, so that a report can group by each.
-- Grain:   one row per tag key, the most used first.
-- Takes:   cache_postings and instance_postings (the journal); $from_s and $until_s in epoch seconds, $account or null.
-- Gives:   key, and records: how many current caches and instances that touch [from_s, until_s) have it.
with tagged as (
    select p.sign, p.tags
    from cache_postings as p
    where
        p.tags is not null and p.created_s < $until_s and p.until_s >= $from_s
        and ($account is null or p.account_id = $account)
    union all
    select p.sign, p.tags
    from instance_postings as p
    where
        p.tags is not null and p.started_s < $until_s and p.until_s >= $from_s
        and ($account is null or p.account_id = $account)
),
keys as (
    select unnest(json_keys(tags)) as key, sum(sign) as records
    from tagged
    group by tags
)
select key, sum(records) as records
from keys
group by key
having sum(records) > 0
order by records desc, key
