-- Purpose: the caches as they are known now, what this import has posted so far among them.
-- Grain:   one row per cache that is not withdrawn.
-- Takes:   cache_postings, the journal.
-- Gives:   the columns of the journal.
select *
from cache_postings
where sign >= 0
qualify
    row_number() over (
        partition by account_id, region, cache_id
        order by observed_at desc, batch desc, line desc
    ) = 1
    and not retracted
