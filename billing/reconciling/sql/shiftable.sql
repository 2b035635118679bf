-- Purpose: hours that may have been billed at another time: of one resource, some missing on the bill and some too many.
-- Grain:   one row per hour of such a resource, whatever its state.
-- Takes:   compared, positions, known_caches.
-- Gives:   state ours (missing), extra, or as compared; both amounts.
with marked as (
    select
        *,
        case
            when state = 'ours' then 'ours'
            when state = 'theirs' or (state = 'both' and rows > 1 and difference > 0) then 'extra'
            else state
        end as kind_of_cell
    from compared
)

select
    p.position,
    p.family,
    p.account_id,
    p.region,
    p.resource,
    m.bucket,
    m.kind_of_cell,
    m.ours,
    m.theirs,
    m.bound,
    m.charge,
    k.cache_id
from marked as m
inner join (
    select position
    from marked
    group by position
    having bool_or(kind_of_cell = 'ours') and bool_or(kind_of_cell = 'extra')
) as both_ways
    on m.position = both_ways.position
inner join positions as p on m.position = p.position
left join (select distinct number, cache_id from known_caches) as k on m.cache = k.number
order by p.family, p.account_id, p.region, p.resource, m.bucket
