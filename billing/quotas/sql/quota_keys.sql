-- Purpose: the quotas that something is known of: caches counted in them, or an observation.
-- Grain:   one row per account, region and quota.
-- Takes:   cache_postings (the journal), quota_observations, quota_kinds; $accounts, null for all.
-- Gives:   quota_key, a small integer in the order of account, region and quota.
select
    cast(row_number() over (order by account_id, region, quota) as integer) as quota_key,
    account_id,
    region,
    quota,
    creation_method
from (
    select c.account_id, c.region, k.quota, k.creation_method
    from cache_postings as c
    inner join quota_kinds as k on c.creation_method = k.creation_method
    where c.sign <> 0
    union
    select o.account_id, o.region, o.quota, k.creation_method
    from quota_observations as o
    inner join quota_kinds as k on o.quota = k.quota
) as known
where $accounts is null or list_contains(cast($accounts as varchar[]), account_id)
