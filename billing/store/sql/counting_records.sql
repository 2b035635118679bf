-- Purpose: the versions that count: those that came to count and that nothing has superseded or withdrawn since.
-- Grain:   one row per record.
-- Takes:   {postings}, the journal of a kind.
-- Gives:   its columns.
select v.*
from {postings} as v
where
    v.sign = 1
    and not exists (
        select 1
        from {postings} as r
        where r.sign = -1 and r.cache_key = v.cache_key and r.batch = v.batch and r.line = v.line
    )
