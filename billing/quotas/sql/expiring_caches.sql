-- Purpose: caches that expire soon though instances run from them or started from them lately.
-- Grain:   one row per cache.
-- Takes:   quota_places, cache_postings, every_instance_posting; $at_s; $until_s, how far ahead is looked; $since_s, from when on
--          a use is a late one.
-- Gives:   when the cache ends, how many instances run at the moment, and how many started lately.
with ending as (
    select c.cache_key, c.account_id, c.region, c.cache_id, max(p.place_until_s) as ends_s
    from cache_postings as c
    inner join quota_places as p on c.cache_key = p.cache_key and c.batch = p.batch and c.line = p.line and c.sign = p.sign
    where
        c.created_s <= $at_s
        and p.place_until_s > $at_s
        and p.place_until_s <= $until_s
        and c.deleted_at is null
        and c.failed_s is null
    group by c.cache_key, c.account_id, c.region, c.cache_id, c.batch, c.line
    having sum(c.sign) > 0
),

uses as (
    select
        cache_key,
        cast(coalesce(sum(sign) filter (until_s > $at_s), 0) as bigint) as running,
        cast(coalesce(sum(sign) filter (started_s > $since_s), 0) as bigint) as lately
    from every_instance_posting
    where started_s <= $at_s and cache_key in (select e.cache_key from ending as e)
    group by cache_key
)

select e.account_id, e.region, e.cache_id, e.ends_s, u.running, u.lately
from ending as e
inner join uses as u on e.cache_key = u.cache_key
where u.running > 0 or u.lately > 0
order by e.ends_s, e.account_id, e.region, e.cache_id
