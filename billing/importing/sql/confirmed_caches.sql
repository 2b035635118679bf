-- Purpose: known caches of which a snapshot is complete, and that nothing showed to be ready before.
-- Grain:   one row per cache; the last snapshot speaks for it.
-- Takes:   {snapshots}: batch, line, snapshot_id, region, status, observed_at; current_caches; {unsaid}, nulls for all other columns.
-- Gives:   a cache's columns for merging: its identity, that it is ready, when this was seen; everything else is not said.
select
    s.batch,
    s.line,
    c.account_id,
    c.region,
    c.cache_id,
    s.observed_at,
    true as ready_observed,
    false as retracted,
    c.derived,
    {unsaid}
from {snapshots} as s
inner join current_caches as c
    on s.snapshot_id in (c.snapshot_id, c.flash_snapshot_id) and coalesce(s.region, c.region) = c.region
where
    s.status = 'accomplished'
    and c.ready_at is null
    and c.failed_at is null
    and not c.ready_observed
    and s.observed_at >= c.observed_at
qualify row_number() over (
    partition by c.account_id, c.region, c.cache_id
    order by s.observed_at desc, s.batch desc, s.line desc
) = 1
