-- Purpose: what is held, cut at the bill's buckets, with its price.
-- Grain:   one row per span and bucket.
-- Takes:   spans, positions, prices (of a millionth of a unit, as a fraction); {which}: the positions in question.
-- Gives:   quantity: what is held (x 1 000 000) times the units of time; units: the amount in units of the tenth decimal, half up.
--          This is the only division in SQL. It is one of non-negative integers of 128 bits, so it is exact, and more than these hold is an
--          error; Python would take as long for the partial hours of a month as all of the comparison does.
select
    position,
    bucket,
    charge,
    cache,
    price,
    quantity,
    (2 * quantity * num * 10000000000 + den) // (2 * den) as units
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
            r.num,
            r.den,
            unnest(range({first}, {after})) as bucket
        from spans as s
        inner join positions as p
            on s.family = p.family and s.account_id = p.account_id and s.region = p.region and s.resource = p.resource
        inner join prices as r on s.charge = r.charge and s.region = r.region and s.slice = r.slice
        where {which}
    ) as b
) as held
