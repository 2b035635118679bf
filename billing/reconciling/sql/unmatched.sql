-- Purpose: the resources of one side ({side}) that have met nothing of the other.
-- Grain:   one row per position.
-- Takes:   positions; {relation}, and {other}, whose positions have been met.
-- Gives:   the first and last bucket, the whole amount, the number of rows.
select
    p.family,
    p.account_id,
    p.region,
    p.resource,
    p.position,
    min(t.bucket) as first,
    max(t.bucket) as last,
    sum(t.amount) as amount,
    count(*) as rows
from {relation} as t
inner join positions as p on t.position = p.position
where t.position not in {other}
group by p.family, p.account_id, p.region, p.resource, p.position
order by p.family, p.account_id, p.region, p.resource
