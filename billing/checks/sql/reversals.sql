-- Purpose: reversals of one kind of record that don't take back exactly what was posted.
-- Grain:   one row per reversal.
-- Takes:   {postings}.
-- Gives:   the reversal's version. Sign and poster differ from the version's, everything else must be alike.
with reversals as (
    select * exclude (sign, posted)
    from {postings}
    where sign = -1
),

versions as (
    select * exclude (sign, posted)
    from {postings}
    where sign = 1 and (batch, line) in (select (batch, line) from reversals)
)

select account_id, region, {id}, batch, line
from (select * from reversals except all select * from versions) as unmatched
order by batch, line
