-- Purpose: from when until when one charge is held, cut at the tariff's slices.
-- Grain:   one row per cache or instance and slice.
-- Takes:   runs, known_caches; cuts (the slices, the last one up to a full hour).
-- Gives:   cache: the number of the cache's id; held_micro (x 1 000 000), begin_s and end_s in whole epoch seconds, not empty.
select *
from (
    select
        c.account_id,
        c.region,
        {resource} as resource,
        c.number as cache,
        s.slice,
        cast({held} as hugeint) as held_micro,
        greatest({begin}, s.from_s) as begin_s,
        least({end}, s.until_s) as end_s
    from {subjects}
    cross join cuts as s
    where {applies}
) as subjects
where held_micro > 0 and begin_s < end_s
