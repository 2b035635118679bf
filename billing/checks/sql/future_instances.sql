-- Purpose: instances with instants later than the present moment.
-- Grain:   one row per instance.
-- Takes:   instance_records; $as_of_s.
-- Gives:   the instance and its instants.
select account_id, region, instance_id, started_at, ended_at, observed_at
from instance_records
where greatest(started_at, ended_at, observed_at) > make_timestamp(cast($as_of_s as bigint) * 1000000)
order by account_id, region, instance_id
