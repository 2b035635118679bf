-- Purpose: the caches as they are chosen to be made, which is what their instances are charged by.
-- Grain:   one row per cache that has a current version.
-- Takes:   cache_records; forms, one row for each cache that is made otherwise.
-- Gives:   the columns of cache_postings.
select p.* replace (
    coalesce(f.creation_method, p.creation_method) as creation_method,
    coalesce(f.size_micro, p.size_micro) as size_micro,
    case when f.cache_key is null then p.snapshot_micro else f.snapshot_micro end as snapshot_micro,
    coalesce(f.instant, p.instant) as instant
)
from cache_records as p
left join forms as f on p.cache_key = f.cache_key
