-- Purpose: how many snapshots belong to no known cache.
-- Grain:   one row.
-- Takes:   {snapshots}: snapshot_id; current_caches.
-- Gives:   their number.
select count(*)
from {snapshots} as s
where
    not exists (
        select 1
        from current_caches as c
        where s.snapshot_id in (c.snapshot_id, c.flash_snapshot_id)
    )
