-- Purpose: what each cache was used for in the month.
-- Grain:   one row per cache and slice of equal prices in which an instance started.
-- Takes:   cache_days.
-- Gives:   the sums of cache_days; days, a set of the days as bits.
select
    cache_key,
    slice,
    cast(sum(starts) as bigint) as starts,
    cast(sum(vcpu_micro) as bigint) as vcpu_micro,
    cast(sum(memory_micro) as bigint) as memory_micro,
    cast(sum(unsized) as bigint) as unsized,
    max(last_started_s) as last_started_s,
    bit_or(cast(1 as bigint) << day) as days
from cache_days
group by cache_key, slice
order by cache_key, slice
