-- Purpose: versions of instances as postings, with the columns that metering reads.
-- Grain:   one row per version and sign.
-- Takes:   versions, cache_keys; {posted}, the batch that posts them.
-- Gives:   the columns of schema.INSTANCES.
select
    v.sign,
    cast({posted} as integer) as posted,
    v.batch,
    v.line,
    k.cache_key,
    v.account_id,
    v.region,
    v.instance_id,
    v.cache_id,
    v.vcpu_micro,
    v.memory_micro,
    v.extra_ephemeral_micro,
    epoch_us(v.started_at) // 1000000 as started_s,
    coalesce(epoch_us(v.ended_at) // 1000000, {open_s}) as until_s,
    case
        when v.ended_at is not null then {open_s}
        else greatest(epoch_us(v.observed_at) // 1000000, epoch_us(v.started_at) // 1000000)
    end as known_until_s,
    v.started_at,
    v.ended_at,
    v.observed_at,
    v.tags,
    v.retracted,
    v.derived
from versions as v
inner join cache_keys as k
    on v.account_id = k.account_id and v.region = k.region and v.cache_id is not distinct from k.cache_id
