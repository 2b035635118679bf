-- Purpose: the resources of one side ({side}) that have met nothing of the other.
-- Grain:   one row per family, account, region and resource.
-- Takes:   {relation}, and {other}, whose resources have been met.
-- Gives:   the first and last bucket, the whole amount, the number of rows.
select
    t.family,
    t.account_id,
    t.region,
    t.resource,
    min(t.bucket) as first,
    max(t.bucket) as last,
    sum(t.amount) as amount,
    count(*) as rows
from {relation} as t
anti join {other} as o
    on t.family = o.family and t.account_id = o.account_id and t.region = o.region and t.resource = o.resource
group by t.family, t.account_id, t.region, t.resource
order by t.family, t.account_id, t.region, t.resource
