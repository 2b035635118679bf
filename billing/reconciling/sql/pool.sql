-- Purpose: pass 4: rows without any id are compared with all of our usage of their product that nothing else has met.
-- Grain:   ours, with the resource '' for what lies in a pool.
-- Takes:   ours, scoped_rows.
-- Gives:   ours anew; several charges and caches share a pool.
create or replace temp table ours as
select
    family,
    account_id,
    region,
    pool_or_resource as resource,
    bucket,
    min(charge) as charge,
    case when min(cache_id) = max(cache_id) then min(cache_id) end as cache_id,
    sum(quantity) as quantity,
    sum(amount) as amount,
    case when min(num) = max(num) and min(den) = max(den) then min(num) end as num,
    case when min(num) = max(num) and min(den) = max(den) then min(den) end as den
from (
    select
        o.*,
        case
            when p.family is not null and m.family is null then ''
            else o.resource
        end as pool_or_resource
    from ours as o
    left join (
        select distinct family, account_id, region
        from scoped_rows
        where verdict = 'compare' and resource = ''
    ) as p
        on o.family = p.family and o.account_id = p.account_id and o.region = p.region
    left join (
        select distinct family, account_id, region, resource
        from scoped_rows
        where verdict = 'compare' and resolved
    ) as m
        on o.family = m.family and o.account_id = m.account_id and o.region = m.region and o.resource = m.resource
) as pooled
group by family, account_id, region, pool_or_resource, bucket
