-- Purpose: the caches whose charges may have changed since the books last looked at the journal, and when.
-- Grain:   one row per cache key.
-- Takes:   every_instance_posting, cache_postings (with history: a version and its reversal may both have been set aside since);
--          $since, the last batch that the books have seen; [$seen_s, $as_of_s): the time that has passed since;
--          $closed_until_s: what starts later is in no closed month.
-- Gives:   charges changed inside [from_s, until_s) at most, in epoch seconds. What was only observed again cancels out.
with net_instances as (
    select cache_key, started_s, until_s
    from every_instance_posting
    where posted > $since and started_s < $closed_until_s
    group by cache_key, started_s, until_s, extra_ephemeral_micro
    having sum(sign) <> 0
),

net_caches as (
    select cache_key, least(created_s, ready_s, failed_s, standard_snapshot_s, until_s) as begin_s
    from cache_postings
    where posted > $since
    group by
        cache_key, creation_method, size_micro, snapshot_micro, snapshot_copies, flash_copies, instant, created_s, ready_s,
        failed_s, standard_snapshot_s, until_s, ready_observed
    having sum(sign) <> 0
),

-- Nothing is charged for a cache before it begins, in its old version or its new one, but for instances that name it.
changed_caches as (
    select cache_key, min(begin_s) as begin_s
    from net_caches
    group by cache_key
),

used_before as (
    select i.cache_key, min(i.started_s) as begin_s
    from every_instance_posting as i
    inner join changed_caches as c on i.cache_key = c.cache_key
    where i.posted <= $since and i.started_s < c.begin_s
    group by i.cache_key
),

-- Whether such a cache has a snapshot depends on any instance that ever used it.
unknown_builds as (
    select distinct cache_key
    from cache_postings
    where sign = 1 and ready_s is null and failed_s is null and not ready_observed
),

changed as (
    select cache_key, started_s as from_s, until_s from net_instances
    union all
    select cache_key, begin_s as from_s, $never_s as until_s from changed_caches
    union all
    select cache_key, begin_s as from_s, $never_s as until_s from used_before
    union all
    select u.cache_key, $ever_s as from_s, $never_s as until_s
    from unknown_builds as u
    where
        u.cache_key in (
            select i.cache_key
            from every_instance_posting as i
            where i.posted > $since and i.cache_key in (select b.cache_key from unknown_builds as b)
            group by i.cache_key, i.started_s, i.until_s, i.extra_ephemeral_micro
            having sum(i.sign) <> 0
        )
        or u.cache_key in (
            select i.cache_key from every_instance_posting as i where i.started_s >= $seen_s and i.started_s < $as_of_s
        )
)

select cache_key, min(from_s) as from_s, max(until_s) as until_s
from changed
group by cache_key
