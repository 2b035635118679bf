-- Purpose: what each resource costs in each bucket by our metering and prices.
-- Grain:   one row per position and bucket.
-- Takes:   the pieces (see pieces.sql) of positions with one span (alone) and with several: the former need no
--          grouping, which is dear where a bill has a million hours.
-- Gives:   amount in the currency, rounded half up at the tenth decimal slice by slice; quantity (x 1 000 000); price, cache, null where
--          several share the row.
create or replace temp table ours as
select
    position,
    bucket,
    charge,
    cache,
    price,
    quantity,
    cast(units as decimal(38, 0)) * 0.0000000001::decimal(10, 10) as amount
from ({alone}) as alone;
insert into ours
select
    position,
    bucket,
    min(charge) as charge,
    case when min(cache) = max(cache) then min(cache) end as cache,
    case when min(price) = max(price) then min(price) end as price,
    sum(quantity) as quantity,
    cast(sum(units) as decimal(38, 0)) * 0.0000000001::decimal(10, 10) as amount
from ({several}) as several
group by position, bucket
