-- Purpose: batches of which fewer versions of one kind of record are kept than they say were new or revised.
-- Grain:   one row per batch.
-- Takes:   {postings}, {history}, batches. Versions that a complete list ended have no row of their own, hence
--          no positive line.
-- Gives:   the batch, what it says and what is kept.
select b.id as batch, b.path, b.new + b.revised as said, coalesce(v.versions, 0) as kept
from batches as b
left join (
    select batch, count(*) as versions
    from (
        select batch, line from {postings} where sign >= 0 and line > 0
        union all
        select batch, line from {history} where sign > 0 and line > 0
    ) as kept
    group by batch
) as v on b.id = v.batch
where b.kind = '{kind}' and coalesce(v.versions, 0) < b.new + b.revised
order by b.id
