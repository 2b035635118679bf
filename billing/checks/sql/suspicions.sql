-- Purpose: which of three checks of instances could find something, in one pass instead of one for each.
-- Grain:   one row.
-- Takes:   {postings}, cache_keys, batches; $open_s, the end of what has not ended.
-- Gives:   whether instance_batches, instance_keys and instance_seconds have to be asked: false where they would find nothing.
--          Names are compared by 64-bit hashes of all three.
select
    s.last_batch - s.first_batch + 1 <> (
        select count(*) from batches as b where b.id >= s.first_batch and b.id <= s.last_batch
    ) as batches,
    s.keys,
    s.seconds
from (
    select
        coalesce(least(min(p.batch), min(p.posted)), 1) as first_batch,
        coalesce(greatest(max(p.batch), max(p.posted)), 0) as last_batch,
        coalesce(bool_or(p.named is distinct from k.named), false) as keys,
        coalesce(bool_or(p.odd), false) as seconds
    from (
        select
            batch,
            posted,
            cache_key,
            hash(account_id, region, cache_id) as named,
            sign = 1
            and (
                started_s <> epoch_us(started_at) // 1000000
                or until_s <> coalesce(epoch_us(ended_at) // 1000000, $open_s)
                or until_s < started_s
            ) as odd
        from {postings}
    ) as p
    left join (
        select cache_key, hash(account_id, region, cache_id) as named
        from cache_keys
    ) as k on p.cache_key = k.cache_key
) as s
