-- Purpose: the caches as they are known now, with the instants that charges are metered between.
-- Grain:   one row per cache that has a current version (not retracted).
-- Takes:   cache_postings (the journal); used_caches(cache_key): caches that an instance has used, asked for only where
--          the end of the build is unknown.
-- Gives:   whole epoch seconds (*_s), GiB x 1 000 000 (*_micro); snapshot_begin_s is null while a cache is building, after
--          a failed build and for a cache that nothing shows to be ready; unmetered: the build has no known end.
select
    p.cache_key,
    p.account_id,
    p.region,
    p.cache_id,
    {creation_method} as creation_method,
    p.size_micro,
    p.snapshot_micro,
    p.snapshot_copies,
    p.flash_copies,
    p.instant,
    {tag} as tag,
    p.created_s,
    p.ready_s,
    coalesce(p.ready_s, p.failed_s) as build_end_s,
    case
        when p.ready_s is not null then p.ready_s
        when p.failed_s is null and (p.ready_observed or u.cache_key is not null) then p.created_s
    end as snapshot_begin_s,
    case when p.standard_snapshot_s is not null then least(p.standard_snapshot_s, p.until_s) end as local_snapshot_end_s,
    p.until_s,
    p.known_until_s,
    p.end_derived,
    {creation_method} = 'manual' and p.ready_s is null and p.failed_s is null as unmetered,
    {creation_method} = 'manual' and p.instant and p.ready_s is not null and p.standard_snapshot_s is null as gap
from cache_postings as p
{selected}left join used_caches as u on p.cache_key = u.cache_key
where
    p.sign = 1
    and not exists (
        select 1
        from cache_postings as r
        where r.sign = -1 and r.cache_key = p.cache_key and r.batch = p.batch and r.line = p.line
    )
