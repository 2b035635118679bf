-- Purpose: a quota's use day by day, which a forecast follows: each day ends at the present moment's time of day.
-- Grain:   one row per quota and day before the present moment that something is known of.
-- Takes:   quota_history, observed_quotas; $at_s; $from_s, the window's begin; the days' ends are among the history's marks.
-- Gives:   kind 'observed': the day's last observation, at its own instant; kind 'counted': the count at the day's end, from
--          the first day on that had any.
select quota_key, 'observed' as kind, max(observed_s) as at_s, arg_max(used, observed_s) as used
from observed_quotas
where used is not null and observed_s <= $at_s and observed_s >= $from_s
group by quota_key, ($at_s - observed_s) // 86400
union all
select h.quota_key, 'counted' as kind, h.at_s, h.counted as used
from quota_history as h
inner join (
    select quota_key, min(at_s) as first_s
    from quota_history
    where counted > 0
    group by quota_key
) as b on h.quota_key = b.quota_key
where h.at_s >= b.first_s and h.at_s >= $from_s and ($at_s - h.at_s) % 86400 = 0
order by 1, 2, 3
