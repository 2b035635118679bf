-- Purpose: what sources said about the quotas.
-- Grain:   one row per quota and whole second in which something was observed; the latest of a second counts.
-- Takes:   quota_observations, quota_keys.
-- Gives:   limit and used; used is null where the source gave only the limit.
select
    q.quota_key,
    o.observed_us // 1000000 as observed_s,
    arg_max(o."limit", o.observed_us) as "limit",
    arg_max(o.used, o.observed_us) as used
from quota_observations as o
inner join quota_keys as q on o.account_id = q.account_id and o.region = q.region and o.quota = q.quota
group by q.quota_key, o.observed_us // 1000000
