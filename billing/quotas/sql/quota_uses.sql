-- Purpose: the state of each quota at the present moment, and what the month was like up to it.
-- Grain:   one row per quota of which something was observed, or in which a cache held a place in the history.
-- Takes:   quota_history, of which $at_s is the last instant; quota_keys; $month_s, the month's begin, is one of its marks;
--          $above_percent.
-- Gives:   counted, observed and limit as they are now; the month's peak (of what was counted or observed, whichever is more)
--          and when it was first reached; above_s, how long use was at or above that share of the limit, and full_s,
--          how long at or above all of it.
with used as (
    select
        *,
        coalesce(observed, counted) as used,
        greatest(counted, observed) as most
    from quota_history
),

month_uses as (
    select
        quota_key,
        max(most) as peak,
        cast(sum(until_s - at_s) filter ("limit" is not null and used * 100 >= "limit" * $above_percent) as bigint) as above_s,
        cast(sum(until_s - at_s) filter ("limit" is not null and used >= "limit") as bigint) as full_s
    from used
    where at_s >= $month_s
    group by quota_key
)

select
    q.account_id,
    q.region,
    q.quota,
    q.quota_key,
    now.counted,
    now.observed,
    now.observed_s,
    now."limit",
    now.limit_s,
    m.peak,
    (select min(p.at_s) from used as p where p.quota_key = q.quota_key and p.at_s >= $month_s and p.most = m.peak) as peak_s,
    coalesce(m.above_s, 0) as above_s,
    coalesce(m.full_s, 0) as full_s
from quota_keys as q
inner join used as now on q.quota_key = now.quota_key and now.at_s = $at_s
inner join month_uses as m on q.quota_key = m.quota_key
where now.limit_s is not null or exists (select 1 from used as h where h.quota_key = q.quota_key and h.counted > 0)
order by q.quota_key
