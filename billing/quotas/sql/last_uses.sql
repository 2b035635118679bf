-- Purpose: when the caches whose last match lies after the moment were used before it.
-- Grain:   one row per cache.
-- Takes:   quota_places, every_instance_posting; {at_s}.
-- Gives:   started_s of the last instance that started at or before the moment.
select cache_key, max(started_s) as started_s
from (
    select cache_key, started_s
    from every_instance_posting
    where
        started_s <= {at_s}
        and cache_key in (
            select p.cache_key
            from quota_places as p
            where
                p.created_s <= {at_s}
                and p.place_until_s > {at_s}
                and p.last_matched_at > make_timestamp(cast({at_s} as bigint) * 1000000)
        )
    group by cache_key, started_s
    having sum(sign) > 0
) as starts
group by cache_key
