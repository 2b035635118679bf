-- Purpose: what each resource costs in each bucket by our metering and prices.
-- Grain:   one row per family, account, region, resource and bucket.
-- Takes:   pieces; prices (of a millionth of a unit, as a fraction). {alone}: which pieces are the only ones of their row: these need no
--          grouping, which is dear where a bill has a million hours.
-- Gives:   amount in the currency, rounded half up at the tenth decimal slice by slice; quantity (x 1 000 000); num / den: the
--          price where there is one only; cache_id: null where several caches share the row.
create or replace temp table ours as
with priced as (
    select
        p.family,
        p.account_id,
        p.region,
        p.resource,
        p.bucket,
        p.charge,
        p.cache_id,
        p.quantity,
        (2 * p.quantity * r.num * 10000000000 + r.den) // (2 * r.den) as units,
        r.num,
        r.den,
        {alone} as alone
    from pieces as p
    inner join prices as r on p.charge = r.charge and p.region = r.region and p.slice = r.slice
)

select
    family,
    account_id,
    region,
    resource,
    bucket,
    charge,
    cache_id,
    quantity,
    cast(units as decimal(38, 0)) * 0.0000000001::decimal(10, 10) as amount,
    num,
    den
from priced
where alone
union all
select
    family,
    account_id,
    region,
    resource,
    bucket,
    min(charge) as charge,
    case when min(cache_id) = max(cache_id) then min(cache_id) end as cache_id,
    sum(quantity) as quantity,
    cast(sum(units) as decimal(38, 0)) * 0.0000000001::decimal(10, 10) as amount,
    case when min(num) = max(num) and min(den) = max(den) then min(num) end as num,
    case when min(num) = max(num) and min(den) = max(den) then min(den) end as den
from priced
where not alone
group by family, account_id, region, resource, bucket
