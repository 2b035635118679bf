-- Purpose: the caches that hold a place at a moment and may be evicted, in the order in which they would go.
-- Grain:   one row per quota and cache, the first {most} of each quota.
-- Takes:   quota_places, quota_keys, last_uses; $at_s.
-- Gives:   the columns of Victim, ordered as rules.quota.evictable does: by last use, else creation, then creation, then id.
--          A last match later than the moment was not known then: the last use that the instances show takes its place.
with holders as (
    select
        p.quota_key,
        p.cache_key,
        p.cache_id,
        p.created_at,
        case
            when p.last_matched_at <= make_timestamp(cast($at_s as bigint) * 1000000) then p.last_matched_at
            when p.last_matched_at is not null then make_timestamp(u.started_s * 1000000)
        end as last_matched_at,
        p.elimination_strategy
    from (
        select
            quota_key,
            cache_key,
            any_value(cache_id) as cache_id,
            any_value(created_at) as created_at,
            any_value(last_matched_at) as last_matched_at,
            any_value(elimination_strategy) as elimination_strategy
        from quota_places
        where created_s <= $at_s and place_until_s > $at_s
        group by quota_key, cache_key, batch, line
        having sum(sign) > 0
    ) as p
    left join last_uses as u on p.cache_key = u.cache_key
),

in_line as (
    select
        h.*,
        row_number() over (
            partition by h.quota_key
            order by coalesce(h.last_matched_at, h.created_at), h.created_at, h.cache_id
        ) as place_in_line
    from holders as h
    inner join quota_keys as q on h.quota_key = q.quota_key
    where q.creation_method = 'automatic' or h.elimination_strategy = 'LRU'
)

select
    quota_key,
    cache_key,
    cache_id,
    epoch_us(created_at) as created_us,
    epoch_us(last_matched_at) as last_matched_us,
    elimination_strategy
from in_line
where place_in_line <= {most}
order by quota_key, place_in_line
