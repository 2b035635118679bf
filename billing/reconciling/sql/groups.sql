-- Purpose: what differs, grouped by how: the same resource, price on the bill and state.
-- Grain:   one row per group of buckets; roundings are grouped by family, account and region.
-- Takes:   compared, timed, month_bounds, scoped_rows for the first row of each bucket.
-- Gives:   sums over the group's buckets, and the first row of the bill that is in it.
select
    state,
    c.family,
    c.account_id,
    c.region,
    case when state = 'rounding' then '' else c.resource end as resource,
    min(charge) as charge,
    case when state = 'rounding' then null else min(cache_id) end as cache_id,
    min(num) as num,
    min(den) as den,
    case when state in ('ours', 'rounding') then '' else coalesce(list_price, '') end as list_price,
    coalesce(min(list_price_unit), '') as list_price_unit,
    coalesce(min(usage_unit), '') as usage_unit,
    rows > 1 and state = 'both' as repeated,
    coalesce(c.resource_package, 0) > 0 as covered,
    state = 'theirs' and not (c.bucket >= b.first and c.bucket < b.after) as outside,
    min(kind) as kind,
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
from compared as c
cross join month_bounds as b
left join scoped_rows as d on c.place = d.place and c.state in ('both', 'theirs')
anti join timed as t
    on
        c.family = t.family
        and c.account_id = t.account_id
        and c.region = t.region
        and c.resource = t.resource
        and c.bucket = t.bucket
where c.state <> 'matched'
group by
    state,
    c.family,
    c.account_id,
    c.region,
    case when state = 'rounding' then '' else c.resource end,
    case when state in ('ours', 'rounding') then '' else coalesce(list_price, '') end,
    case when state = 'both' then num end,
    case when state = 'both' then den end,
    rows > 1 and state = 'both',
    coalesce(c.resource_package, 0) > 0,
    state = 'theirs' and not (c.bucket >= b.first and c.bucket < b.after)
order by c.family, c.account_id, c.region, resource, state, first, list_price
