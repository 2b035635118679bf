-- Purpose: what each resource costs in each bucket by our metering and prices.
-- Grain:   one row per family, account, region, resource and bucket.
-- Takes:   pieces; prices (of a millionth of a unit, as a fraction).
-- Gives:   amount in the currency, rounded half up at the tenth decimal slice by slice; quantity (x 1 000 000); num / den: the
--          price where there is one only; cache_id: null where several caches share the row.
create or replace temp table ours as
select
    p.family,
    p.account_id,
    p.region,
    p.resource,
    p.bucket,
    min(p.charge) as charge,
    case when min(p.cache_id) = max(p.cache_id) then min(p.cache_id) end as cache_id,
    sum(p.quantity) as quantity,
    cast(
        sum((2 * p.quantity * r.num * 10000000000 + r.den) // (2 * r.den)) as decimal(38, 0)
    ) * 0.0000000001::decimal(10, 10) as amount,
    case when min(r.num) = max(r.num) and min(r.den) = max(r.den) then min(r.num) end as num,
    case when min(r.num) = max(r.num) and min(r.den) = max(r.den) then min(r.den) end as den
from pieces as p
inner join prices as r on p.charge = r.charge and p.region = r.region and p.slice = r.slice
group by p.family, p.account_id, p.region, p.resource, p.bucket
