-- Purpose: records of one kind of which more than one version counts, or fewer than none.
-- Grain:   one row per record.
-- Takes:   {postings}. Hashes find the few that are worth looking at.
-- Gives:   the record, and how many of its versions count.
with suspicious as (
    select hash(account_id, region, {id}) as identity
    from {postings}
    group by 1
    having sum(sign) not in (0, 1)
)

select account_id, region, {id}, sum(sign) as current_versions
from {postings}
where hash(account_id, region, {id}) in (select identity from suspicious)
group by account_id, region, {id}
having sum(sign) not in (0, 1)
order by account_id, region, {id}
