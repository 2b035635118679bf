-- Purpose: caches at or near the limits that are no counts of caches: images, tags, size.
-- Grain:   one row per cache and limit.
-- Takes:   quota_places, cache_records; $at_s; the limits $images, $tags, $least_micro and $most_micro (GiB x 1 000 000, of manual
--          caches); near is from $near_percent of the most on.
-- Gives:   what (images, tags, size_gib) and value, for size_gib x 1 000 000; beyond: outside of what is allowed.
with holders as (
    select
        c.account_id,
        c.region,
        c.cache_id,
        c.creation_method,
        coalesce(json_array_length(c.images), 0) as images,
        coalesce(len(json_keys(c.tags)), 0) as tags,
        c.size_micro
    from cache_records as c
    inner join quota_places as p on c.cache_key = p.cache_key and c.batch = p.batch and c.line = p.line and p.sign = 1
    where
        p.created_s <= $at_s
        and p.place_until_s > $at_s
),

found as (
    select account_id, region, cache_id, 'images' as what, cast(images as bigint) as value, images > $images as beyond
    from holders
    where images * 100 >= $images * $near_percent
    union all
    select account_id, region, cache_id, 'tags', cast(tags as bigint), tags > $tags
    from holders
    where tags * 100 >= $tags * $near_percent
    union all
    select account_id, region, cache_id, 'size_gib', size_micro, size_micro not between $least_micro and $most_micro
    from holders
    where
        creation_method = 'manual'
        and (size_micro < $least_micro or size_micro * 100 >= cast($most_micro as bigint) * $near_percent)
)

select account_id, region, cache_id, what, value, beyond
from found
order by beyond desc, account_id, region, cache_id, what
