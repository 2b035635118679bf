-- Purpose: the caches that exist in the metered interval, and what is not known about them.
-- Grain:   one row per cache.
-- Takes:   current_caches; the interval [{from_s}, {until_s}).
-- Gives:   flags that become notices and outcomes of the bill.
select
    cache_key,
    tag,
    creation_method,
    unmetered,
    creation_method = 'manual' and ready_s is null and snapshot_begin_s is not null as ready_unknown,
    gap as local_snapshot_gap,
    creation_method = 'manual' and snapshot_micro is null and snapshot_begin_s is not null as snapshot_unknown,
    known_until_s < least(until_s, {until_s}) as open_past_observation,
    end_derived and until_s < {until_s} and until_s > {from_s} as end_derived
from current_caches
where
    created_s < {until_s}
    and (
        created_s >= {from_s}
        or until_s > {from_s}
        -- A build is charged to its own end, also where that lies after the end of the cache: what costs something is counted.
        or (creation_method = 'manual' and build_end_s > {from_s})
    )
