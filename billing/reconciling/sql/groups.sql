-- Purpose: what differs, grouped by how: the same resource, price on the bill and state.
-- Grain:   one row per group of buckets; roundings are grouped by family, account and region.
-- Takes:   compared, positions, timed, month_bounds, prices, known_caches; scoped_rows, subjects and bill_rows for the first row of each bucket.
-- Gives:   sums over the group's buckets, and the first row of the bill that is in it.
with differing as (
    select c.*
    from compared as c
    anti join timed as t on c.position = t.position and c.bucket = t.bucket
    where c.state <> 'matched'
),

first_rows as (
    select (cast(file as bigint) << 40) + row_number as place, line, list_price, list_price_unit, usage_unit, usage, period
    from bill_rows
    where (cast(file as bigint) << 40) + row_number in (select place from differing where state in ('both', 'theirs'))
),

kinds as (
    select r.place, s.kind
    from scoped_rows as r
    inner join subjects as s on r.subject = s.subject
    where r.place in (select place from differing where state in ('both', 'theirs'))
),

named as (
    select c.*, p.family, p.account_id, p.region, case when c.state = 'rounding' then '' else p.resource end as resource
    from differing as c
    inner join positions as p on c.position = p.position
)

select
    state,
    c.family,
    c.account_id,
    c.region,
    c.resource,
    min(charge) as charge,
    case when state = 'rounding' then null else min(k.cache_id) end as cache_id,
    min(f.num) as num,
    min(f.den) as den,
    case when state in ('ours', 'rounding') then '' else coalesce(list_price, '') end as list_price,
    coalesce(min(list_price_unit), '') as list_price_unit,
    coalesce(min(usage_unit), '') as usage_unit,
    rows > 1 and state = 'both' as repeated,
    coalesce(c.resource_package, 0) > 0 as covered,
    state = 'theirs' and not (c.bucket >= b.first and c.bucket < b.after) as outside,
    min(s.kind) as kind,
    count(*) as buckets,
    min(c.bucket) as first,
    max(c.bucket) as last,
    coalesce(sum(ours), 0) as ours,
    coalesce(sum(theirs), 0) as theirs,
    sum(difference) as difference,
    sum(bound) as bound,
    coalesce(sum(quantity), 0) as quantity,
    case when count(*) = count(usage) filter (rows = 1) then sum(usage) end as usage,
    case when count(*) = 1 then min(period) end as period,
    min(d.place) >> 40 as file,
    arg_min(d.line, d.place) as line
from named as c
cross join month_bounds as b
left join first_rows as d on c.place = d.place and c.state in ('both', 'theirs')
left join kinds as s on c.place = s.place and c.state in ('both', 'theirs')
left join (select distinct price, num, den from prices) as f on c.price = f.price
left join (select distinct number, cache_id from known_caches) as k on c.cache = k.number
group by
    state,
    c.family,
    c.account_id,
    c.region,
    c.resource,
    case when state in ('ours', 'rounding') then '' else coalesce(list_price, '') end,
    case when state = 'both' then c.price end,
    rows > 1 and state = 'both',
    coalesce(c.resource_package, 0) > 0,
    state = 'theirs' and not (c.bucket >= b.first and c.bucket < b.after)
order by c.family, c.account_id, c.region, c.resource, state, first, list_price
