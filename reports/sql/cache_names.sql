-- Purpose: what people call the caches that a report names.
-- Grain:   one row per cache that has a current version with a name.
-- Takes:   cache_postings (the journal): a reversed version's posting has a twin with sign -1; $cache_ids: the ids asked for.
-- Gives:   account_id, region, cache_id, cache_name.
select p.account_id, p.region, p.cache_id, p.cache_name
from cache_postings as p
where
    p.sign = 1
    and p.cache_name is not null
    and p.cache_id in (select unnest($cache_ids))
    and not exists (
        select 1
        from cache_postings as r
        where r.sign = -1 and r.cache_key = p.cache_key and r.batch = p.batch and r.line = p.line
    )
order by p.account_id, p.region, p.cache_id
