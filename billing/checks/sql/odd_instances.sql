-- Purpose: instances of a size that no container group has: more vCPUs than the largest, or no memory.
-- Grain:   one row per instance.
-- Takes:   instance_records; $most_vcpu_micro.
-- Gives:   the instance and its size (x 1 000 000).
select account_id, region, instance_id, vcpu_micro, memory_micro
from instance_records
where vcpu_micro > $most_vcpu_micro or memory_micro = 0
order by account_id, region, instance_id
