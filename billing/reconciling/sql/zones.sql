-- Purpose: whether a file's hours are those of the billing zone.
-- Grain:   one row per file and shift that is tried, in hours.
-- Takes:   scoped_rows, of which at most some ten thousand are looked at, and only those of resources that we have; ours.
-- Gives:   how many rows were tried, and how many meet usage of their resource in the shifted hour.
select r.file, s.shift, count(*) as rows, count(o.bucket) as hits
from (
    select distinct file, family, account_id, region, resource, bucket
    from scoped_rows
    where verdict = 'compare' and resolved and family in ('vcpu', 'memory', 'disk', 'ephemeral') and line % (select 1 + count(*) // 20000 from scoped_rows) = 0
) as r
semi join ours as u
    on r.family = u.family and r.account_id = u.account_id and r.region = u.region and r.resource = u.resource
cross join (select unnest([0, 8, -8]) as shift) as s
left join ours as o
    on
        r.family = o.family
        and r.account_id = o.account_id
        and r.region = o.region
        and r.resource = o.resource
        and r.bucket + s.shift = o.bucket
group by r.file, s.shift
