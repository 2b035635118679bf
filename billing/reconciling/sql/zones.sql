-- Purpose: whether a file's hours are those of the billing zone.
-- Grain:   one row per file and shift that is tried, in hours.
-- Takes:   scoped_rows, of which at most some ten thousand are looked at, and only those of resources that we have; ours.
-- Gives:   how many rows were tried, and how many meet usage of their resource in the shifted hour.
select r.file, s.shift, count(*) as rows, count(o.bucket) as hits
from (
    select distinct r.place >> 40 as file, s.position, r.bucket
    from scoped_rows as r
    inner join subjects as s on r.subject = s.subject
    inner join positions as p on s.position = p.position
    where
        s.verdict = 'compare'
        and s.resolved
        and p.spans > 0
        and s.family in ('vcpu', 'memory', 'disk', 'ephemeral')
        and (r.place & ((1::bigint << 40) - 1)) % (select 1 + count(*) // 20000 from scoped_rows) = 0
) as r
cross join (select unnest([0, 8, -8]) as shift) as s
left join ours as o on r.position = o.position and r.bucket + s.shift = o.bucket
group by r.file, s.shift
