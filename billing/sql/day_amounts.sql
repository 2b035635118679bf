-- Purpose: what each part of a month costs, where every part of a line gets the difference of the line's rounded running amount.
-- Grain:   one row per charge and slice in which anything of it was used.
-- Takes:   quantities and cache_keys, as metering makes them; billed_regions(region, number); prices(charge, region, slice,
--          first_slice, numerator, denominator): of each slice that has one, as rating.Period has it.
-- Gives:   charge, an index; slice; amount, and the part of it that is of lines with an estimate in them, both counted in the
--          tenth decimal and rounded half up as rules.money rounds. Integers of 128 bits, which refuse to overflow.
with used as (
    select
        q.charge,
        q.cache_key,
        p.first_slice,
        q.slice,
        any_value(p.numerator) as numerator,
        any_value(p.denominator) as denominator,
        sum(cast(q.held_micro as hugeint) * q.units) as quantity,
        sum(
            cast(q.held_micro as hugeint) * case when q.held_estimated then q.units else q.estimated_units end
        ) as estimated
    from quantities as q
    inner join cache_keys as k on q.cache_key = k.cache_key
    inner join billed_regions as r on k.region = r.region
    inner join prices as p on q.charge = p.charge and r.number = p.region and q.slice = p.slice
    where q.held_micro <> 0
    group by q.charge, q.cache_key, p.first_slice, q.slice
),

running as (
    select
        charge,
        slice,
        numerator,
        denominator,
        quantity,
        sum(quantity) over (line rows between unbounded preceding and current row) as running,
        sum(estimated) over (line rows between unbounded preceding and unbounded following) as estimated
    from used
    window line as (partition by charge, cache_key, first_slice order by slice)
),

parts as (
    select
        charge,
        slice,
        estimated,
        sign(running) * ((2 * abs(running) * numerator + denominator) // (2 * denominator))
        - sign(running - quantity)
        * ((2 * abs(running - quantity) * numerator + denominator) // (2 * denominator)) as amount
    from running
)

select
    charge,
    slice,
    sum(amount) as amount,
    sum(case when estimated > 0 then amount else 0 end) as estimated
from parts
group by charge, slice
