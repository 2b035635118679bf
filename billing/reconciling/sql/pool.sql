-- Purpose: pass 4: rows without any id are compared with all of our usage of their product that nothing else has met.
-- Grain:   ours, with the position of the pool for what lies in one.
-- Takes:   ours, positions, subjects.
-- Gives:   ours anew; several charges and caches share a pool.
create or replace temp table pooled as
select p.position, pool.position as pool
from positions as p
inner join (
    select distinct family, account_id, region, position
    from subjects
    where verdict = 'compare' and resource = ''
) as pool
    on p.family = pool.family and p.account_id = pool.account_id and p.region = pool.region
where p.position not in (select position from subjects where verdict = 'compare' and resolved);
create or replace temp table ours as
select o.*
from ours as o
anti join pooled as p on o.position = p.position
union all
select
    p.pool as position,
    o.bucket,
    min(o.charge) as charge,
    case when min(o.cache) = max(o.cache) then min(o.cache) end as cache,
    case when min(o.price) = max(o.price) then min(o.price) end as price,
    sum(o.quantity) as quantity,
    sum(o.amount) as amount
from ours as o
inner join pooled as p on o.position = p.position
group by p.pool, o.bucket
