-- Purpose: postings of caches from batches that the catalogue doesn't know.
-- Grain:   one row per batch.
-- Takes:   cache_postings, batches.
-- Gives:   the batch that is missing, and how many postings name it.
select batch, count(*) as postings
from (
    select batch from cache_postings
    union all
    select posted from cache_postings
) as named
where batch not in (select id from batches)
group by batch
order by batch
