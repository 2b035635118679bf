-- Purpose: postings of one kind of record from batches that the catalogue doesn't know.
-- Grain:   one row per batch.
-- Takes:   {postings}, batches.
-- Gives:   the batch that is missing, and how many postings name it.
select batch, count(*) as postings
from (
    select batch from {postings}
    union all
    select posted from {postings}
) as named
where batch not in (select id from batches)
group by batch
order by batch
