-- Purpose: postings of instances from batches that the catalogue doesn't know.
-- Grain:   one row per batch.
-- Takes:   every_instance_posting, batches.
-- Gives:   the batch that is missing, and how many postings name it.
select batch, count(*) as postings
from (
    select batch from every_instance_posting
    union all
    select posted from every_instance_posting
) as named
where batch not in (select id from batches)
group by batch
order by batch
