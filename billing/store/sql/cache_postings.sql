-- Purpose: versions of caches as postings, with the columns that metering reads.
-- Grain:   one row per version and sign.
-- Takes:   versions, written_keys; {posted}, the batch that posts them.
-- Gives:   the columns of schema.CACHES, and `usual` as instance_postings has it. An observation beats a rule: a cache without
--          deleted_at exists at its observed_at; after that its expiry (the source's, else created_at + retention_days x 24 h)
--          ends it, at the later of the two; nothing ends before it began.
select
    v.sign,
    cast({posted} as integer) as posted,
    v.batch,
    v.line,
    k.cache_key,
    k.account_word as account_id,
    k.region_word as region,
    k.cache_word as cache_id,
    v.cache_name,
    v.creation_method,
    v.size_micro,
    v.snapshot_micro,
    v.snapshot_copies,
    v.flash_copies,
    v.instant,
    v.images,
    v.elimination_strategy,
    v.created_s,
    epoch_us(v.ready_at) // 1000000 as ready_s,
    epoch_us(v.failed_at) // 1000000 as failed_s,
    epoch_us(v.standard_snapshot_at) // 1000000 as standard_snapshot_s,
    v.until_s,
    case
        when v.deleted_at is not null then {open_s}
        else greatest(epoch_us(v.observed_at) // 1000000, v.created_s)
    end as known_until_s,
    v.deleted_at is null and v.expires is not null as end_derived,
    v.ready_observed,
    v.created_at,
    v.ready_at,
    v.failed_at,
    v.standard_snapshot_at,
    v.deleted_at,
    v.expires_at,
    v.last_matched_at,
    v.observed_at,
    v.retention_days,
    v.snapshot_id,
    v.flash_snapshot_id,
    v.container_group_id,
    v.tags,
    v.retracted,
    v.derived,
    v.usual
from (
    select *, {usual} as usual
    from (
        select
            *,
            epoch_us(created_at) // 1000000 as created_s,
            case
                when deleted_at is not null then epoch_us(deleted_at) // 1000000
                when expires is not null then epoch_us(greatest(expires, observed_at, created_at)) // 1000000
                else {open_s}
            end as until_s
        from (
            select *, coalesce(expires_at, created_at + retention_days * interval 24 hours) as expires
            from versions
        )
    )
) as v
inner join written_keys as k
    on v.account_id = k.account_id and v.region = k.region and v.cache_id = k.cache_id
