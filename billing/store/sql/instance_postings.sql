-- Purpose: versions of instances as postings, with the columns that metering reads.
-- Grain:   one row per version and sign.
-- Takes:   versions, written_keys; {posted}, the batch that posts them.
-- Gives:   the columns of schema.INSTANCES, and whether the layout takes the row for a usual one: known before the join, what
--          doesn't belong into a file isn't joined for it.
select
    v.sign,
    cast({posted} as integer) as posted,
    v.batch,
    v.line,
    k.cache_key,
    k.account_word as account_id,
    k.region_word as region,
    v.instance_id,
    k.cache_word as cache_id,
    v.vcpu_micro,
    v.memory_micro,
    v.extra_ephemeral_micro,
    v.started_s,
    v.until_s,
    case
        when v.ended_at is not null then {open_s}
        else greatest(epoch_us(v.observed_at) // 1000000, v.started_s)
    end as known_until_s,
    v.started_at,
    v.ended_at,
    v.observed_at,
    v.tags,
    v.retracted,
    v.derived,
    v.usual
from (
    select *, {usual} as usual
    from (
        select
            *,
            epoch_us(started_at) // 1000000 as started_s,
            coalesce(epoch_us(ended_at) // 1000000, {open_s}) as until_s
        from versions
    )
) as v
inner join written_keys as k
    on v.account_id = k.account_id and v.region = k.region and v.cache_id is not distinct from k.cache_id
