-- Purpose: caches that probably were evicted in the month: deleted while their quota was full.
-- Grain:   one row per quota and such a cache.
-- Takes:   quota_places, quota_keys, quota_history; $month_s, the month's begin; $at_s, the present moment.
-- Gives:   the caches that may be evicted and were deleted, not by a rule of theirs, at a moment just before which as many
--          places as the limit were held. Nobody records why a cache was deleted: it is a conclusion.
with ends as (
    select p.quota_key, p.cache_key, p.place_until_s - 1 as before_s
    from quota_places as p
    inner join quota_keys as q on p.quota_key = q.quota_key
    where
        p.deleted
        and p.place_until_s > $month_s
        and p.place_until_s <= $at_s
        and (q.creation_method = 'automatic' or p.elimination_strategy = 'LRU')
    group by p.quota_key, p.cache_key, p.batch, p.line, p.place_until_s
    having sum(p.sign) > 0
)

select e.quota_key, e.cache_key
from ends as e
asof inner join quota_history as h on e.quota_key = h.quota_key and e.before_s >= h.at_s
where h."limit" is not null and greatest(h.counted, h.observed) >= h."limit"
