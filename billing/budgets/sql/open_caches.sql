-- Purpose: which caches exist at a moment, and what caches are called, for budgets that name caches by a pattern.
-- Grain:   one row per cache that has a current version.
-- Takes:   cache_postings (the journal); $at_s: the moment.
-- Gives:   account_id, region, cache_id, cache_name (null: none), is_open.
select
    account_id,
    region,
    cache_id,
    arg_max(cache_name, (posted, sign)) as cache_name,
    sum(case when created_s < $at_s and until_s > $at_s then sign else 0 end) > 0 as is_open
from cache_postings
group by account_id, region, cache_id
having sum(sign) > 0
