-- Purpose: instances whose metered seconds don't follow from their instants.
-- Grain:   one row per version.
-- Takes:   {postings}; $open_s, the end of what has not ended.
-- Gives:   the version and its instants.
select account_id, region, instance_id, batch, line, started_at, ended_at
from {postings}
where
    sign = 1
    and (
        started_s <> epoch_us(started_at) // 1000000
        or until_s <> coalesce(epoch_us(ended_at) // 1000000, $open_s)
        or until_s < started_s
    )
order by account_id, region, instance_id
