-- Purpose: the versions that count, for all other checks.
-- Grain:   one row per record.
-- Takes:   {postings}, the journal.
-- Gives:   its columns.
select *
from {postings} as v
where
    v.sign = 1
    and not exists (
        select 1
        from {postings} as r
        where r.sign = -1 and r.batch = v.batch and r.line = v.line and r.cache_key = v.cache_key
    )
