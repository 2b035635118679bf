-- Purpose: the history with the quotas' names, as it is shown.
-- Grain:   one row per quota and instant at which something changes.
-- Takes:   quota_history, quota_keys.
-- Gives:   the columns of QuotaStep; instants in epoch seconds.
select
    q.account_id,
    q.region,
    q.quota,
    h.at_s,
    h.until_s,
    h.counted,
    h.observed,
    h.observed_s,
    h."limit",
    h.limit_assumed
from quota_history as h
inner join quota_keys as q on h.quota_key = q.quota_key
order by h.quota_key, h.at_s
