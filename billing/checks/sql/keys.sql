-- Purpose: postings of one kind of record whose key stands for another cache, or for none.
-- Grain:   one row per key and what it was used for.
-- Takes:   {postings}, cache_keys.
-- Gives:   the key, the cache that the postings name, and how many do.
select p.cache_key, p.account_id, p.region, p.cache_id, p.postings
from (
    select cache_key, account_id, region, cache_id, count(*) as postings
    from {postings}
    group by cache_key, account_id, region, cache_id
) as p
left join cache_keys as k
    on
        p.cache_key = k.cache_key
        and p.account_id = k.account_id
        and p.region = k.region
        and p.cache_id is not distinct from k.cache_id
where k.cache_key is null
order by p.cache_key
