-- Purpose: what became of the incoming rows.
-- Grain:   one row per batch.
-- Takes:   {incoming}, the condition of not being contested, chain, pairs.
-- Gives:   rows in all, new and revised ones; all others change nothing. A withdrawal counts as revised.
select
    batch,
    cast(sum(rows_in_all) as bigint) as rows_in_all,
    cast(sum(new) as bigint) as new,
    cast(sum(revised) as bigint) as revised
from (
    select batch, count(*) as rows_in_all, 0 as new, 0 as revised
    from {incoming}
    group by batch
    union all
    select batch, 0, count(*) filter (not retracted), count(*) filter (retracted)
    from {incoming}
    where {uncontested}
    group by batch
    union all
    select batch, 0, count(*) filter (outcome = 'new'), count(*) filter (outcome = 'revised')
    from chain
    where not stored
    group by batch
    union all
    select batch, 0, count(*) filter (outcome = 'new'), count(*) filter (outcome = 'revised')
    from pairs
    group by batch
) as found
group by batch
