-- Purpose: on which days instances started from each cache, and how large they were.
-- Grain:   one row per cache, slice of equal prices, and day in which any started.
-- Takes:   instance_postings; {slice}, the slice of an instance by its start; the interval [$from_s, $until_s),
--          which begins with a day; $account or null.
-- Gives:   starts; vCPU and memory of all of them, x 1 000 000; unsized, how many have no size; last_started_s, the last start.
select
    i.cache_key,
    {slice} as slice,
    cast((i.started_s - $from_s) // 86400 as integer) as day,
    cast(sum(i.sign) as bigint) as starts,
    cast(sum(i.sign * coalesce(i.vcpu_micro, 0)) as bigint) as vcpu_micro,
    cast(sum(i.sign * coalesce(i.memory_micro, 0)) as bigint) as memory_micro,
    cast(sum(case when i.vcpu_micro is null or i.memory_micro is null then i.sign else 0 end) as bigint) as unsized,
    max(i.started_s) as last_started_s
from instance_postings as i
where
    i.started_s >= $from_s
    and i.started_s < $until_s
    and i.cache_id is not null
    and ($account is null or i.account_id = $account)
group by i.cache_key, slice, day
having sum(i.sign) > 0
