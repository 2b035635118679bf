-- Purpose: ours and theirs side by side.
-- Grain:   one row per position and bucket that either side has.
-- Takes:   ours, scoped_rows, subjects, {ulp}: the last unit that the bill's amounts are written in; {hours}: the most hours of a bucket.
-- Gives:   place: the first of the bill's rows; difference: theirs minus ours; bound: what the provider's rounding can explain; state: matched, rounding, both, ours, theirs.
create or replace temp table compared as
select
    *,
    case
        when theirs is null then 'ours'
        when ours is null then 'theirs'
        when difference = 0 then 'matched'
        when abs(difference) <= bound and rows = 1 then 'rounding'
        when abs(difference) <= bound and (abs(ours) > bound * 2 or bucket = 0) then 'rounding'
        else 'both'
    end as state
from (
    select
        coalesce(o.position, t.position) as position,
        coalesce(o.bucket, t.bucket) as bucket,
        o.charge,
        o.cache,
        o.amount as ours,
        o.quantity,
        o.price,
        t.gross as theirs,
        coalesce(t.gross, 0) - coalesce(o.amount, 0) as difference,
        coalesce(t.rows, 0) as rows,
        t.resource_package,
        t.place,
        coalesce(t.rows, 1) * {ulp} + {hours} * least({ulp}, 0.000001) + 0.0000000001 as bound
    from ours as o
    full outer join (
        select
            s.position,
            r.bucket,
            sum(r.gross) as gross,
            count(*) as rows,
            sum(r.resource_package) as resource_package,
            min(r.place) as place
        from scoped_rows as r
        inner join subjects as s on r.subject = s.subject
        where s.verdict = 'compare'
        group by s.position, r.bucket
    ) as t
        on o.position = t.position and o.bucket = t.bucket
) as sides
