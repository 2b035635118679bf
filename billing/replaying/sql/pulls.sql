-- Purpose: how large the instances are that pull because they miss their cache.
-- Grain:   one row per cache and slice in which they start.
-- Takes:   missed_instances; slices(slice, from_s, until_s).
-- Gives:   their number, and their vCPU and memory in all, x 1 000 000; how many sizes are not known.
select
    i.cache_key,
    s.slice,
    cast(sum(i.sign) as bigint) as instances,
    cast(sum(i.sign * coalesce(i.vcpu_micro, 0)) as bigint) as vcpu_micro,
    cast(sum(i.sign * coalesce(i.memory_micro, 0)) as bigint) as memory_micro,
    cast(sum(case when i.vcpu_micro is null or i.memory_micro is null then i.sign else 0 end) as bigint) as unsized
from missed_instances as i
inner join slices as s on i.started_s >= s.from_s and i.started_s < s.until_s
group by i.cache_key, s.slice
