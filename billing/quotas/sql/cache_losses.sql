-- Purpose: what is lost with each of some caches: how often it was used lately, how long it took to build.
-- Grain:   one row per cache of $cache_keys that holds a place at the moment.
-- Takes:   quota_places, cache_records, every_instance_posting; $at_s; $since_s, from when on a use is a late one.
-- Gives:   uses, instances that started after $since_s up to the moment, and the start of the last of them all; build_s, null
--          where the build's end is not known; sizes in GiB x 1 000 000; how many images.
with kept as (
    select
        cache_key,
        max(ready_s - created_s) as build_s,
        max(size_micro) as size_micro,
        max(snapshot_micro) as snapshot_micro
    from cache_records
    where list_contains(cast($cache_keys as integer[]), cache_key)
    group by cache_key
),

starts as (
    select cache_key, started_s, sum(sign) as instances
    from every_instance_posting
    where started_s <= $at_s and list_contains(cast($cache_keys as integer[]), cache_key)
    group by cache_key, started_s
    having sum(sign) > 0
)

select
    k.cache_key,
    k.build_s,
    k.size_micro,
    k.snapshot_micro,
    cast(coalesce(sum(s.instances) filter (s.started_s > $since_s), 0) as bigint) as uses,
    max(s.started_s) as last_used_s
from kept as k
left join starts as s on k.cache_key = s.cache_key
group by k.cache_key, k.build_s, k.size_micro, k.snapshot_micro
