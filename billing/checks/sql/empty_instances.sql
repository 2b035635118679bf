-- Purpose: instances that ended in the second in which they started: nothing is charged for them.
-- Grain:   one row per instance.
-- Takes:   instance_records.
-- Gives:   the instance and both instants.
select account_id, region, instance_id, started_at, ended_at
from instance_records
where until_s <= started_s
order by account_id, region, instance_id
