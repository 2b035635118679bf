-- Purpose: caches of which more than one version counts, or fewer than none.
-- Grain:   one row per record.
-- Takes:   cache_postings. Hashes find the few that are worth looking at.
-- Gives:   the record, and how many of its versions count.
select account_id, region, cache_id, sum(sign) as current_versions
from cache_postings
where
    hash(account_id, region, cache_id) in (
        select hash(account_id, region, cache_id)
        from cache_postings
        group by 1
        having sum(sign) not in (0, 1)
    )
group by account_id, region, cache_id
having sum(sign) not in (0, 1)
order by account_id, region, cache_id
