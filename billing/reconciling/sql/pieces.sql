-- Purpose: what is held, cut at the bill's buckets, with its price.
-- Grain:   one row per span and bucket.
-- Takes:   spans, positions, prices; {which}: the positions in question.
-- Gives:   quantity: what is held (x 1 000 000) times the units of time; units: the amount in units of the tenth decimal, half up.
--          This is the only division in SQL: Python would take as long for a month's hours as all of the comparison does. It is one
--          of non-negative integers, so it is exact: of 64 bits, which are quick, up to the quantity that fits, else of 128, and more
--          than these hold is an error.
select
    position,
    bucket,
    charge,
    cache,
    price,
    quantity,
    case
        when quantity <= most then cast((2 * cast(quantity as bigint) * unit_num + unit_den) // (2 * unit_den) as hugeint)
        else (2 * quantity * unit_num + unit_den) // (2 * cast(unit_den as hugeint))
    end as units
from (
    select
        *,
        held_micro * ((least(end_s, {bucket_until}) - greatest(begin_s, {bucket_from})) // per) as quantity
    from (
        select
            p.position,
            s.charge,
            s.cache,
            s.held_micro,
            s.begin_s,
            s.end_s,
            s.per,
            r.price,
            r.unit_num,
            r.unit_den,
            r.most,
            unnest(range({first}, {after})) as bucket
        from spans as s
        inner join positions as p
            on s.family = p.family and s.account_id = p.account_id and s.region = p.region and s.resource = p.resource
        inner join prices as r on s.charge = r.charge and s.region = r.region and s.slice = r.slice
        where {which}
    ) as b
) as held
