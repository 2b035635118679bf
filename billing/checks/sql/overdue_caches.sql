-- Purpose: caches that the provider's rules should have deleted by now, and that nobody saw deleted: they are charged on.
-- Grain:   one row per cache.
-- Takes:   cache_records; $as_of_s; for how many seconds a cache is kept: $never_matched_s, $matched_s, $failed_s.
-- Gives:   the cache and when it was due.
select account_id, region, cache_id, creation_method, due_at, observed_at
from (
    select
        *,
        case
            when failed_at is not null then failed_at + to_seconds($failed_s)
            when creation_method = 'automatic' and last_matched_at is null then created_at + to_seconds($never_matched_s)
            when creation_method = 'automatic' then greatest(created_at, last_matched_at) + to_seconds($matched_s)
        end as due_at
    from cache_records
) as kept
where
    due_at < make_timestamp(cast($as_of_s as bigint) * 1000000)
    and epoch_us(due_at) < until_s * 1000000
    and deleted_at is null
order by account_id, region, cache_id
