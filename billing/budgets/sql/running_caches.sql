-- Purpose: the caches that have begun by a moment; those that exist at it are kept until their own expiry, else for good.
-- Grain:   one row per posting, as in the journal.
-- Takes:   recorded_cache_postings; {at_s}: the moment; {open_s}: an end that never comes; {ended_s}: not asked, since a cache that
--          has ended still says what its instances' disks measure.
-- Gives:   the journal's own columns.
select
    * replace (
        case
            when until_s <= {at_s} or end_derived then until_s
            else greatest(
                {at_s}, coalesce(epoch(expires_at)::bigint, created_s + retention_days::bigint * 86400, {open_s})
            )
        end as until_s
    )
from recorded_cache_postings
where created_s < {at_s}
