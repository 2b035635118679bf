-- Purpose: how each quota was used from moment to moment, as counted from the caches and as observed at the source.
-- Grain:   one row per quota and instant at which something changes or is observed, and at each of $marks.
-- Takes:   quota_keys, quota_events, observed_quotas; $from_s and $until_s bound the instants, both included.
-- Gives:   counted, the running sum; observed, the latest observation's number, made at observed_s, and observed_here
--          where one was made at this very instant; limit, the latest that was observed, at limit_s; before the first
--          observation that one's (limit_assumed). A row holds until until_s.
--          Observations are numbered, and the running sum of how many there were says which is the latest: a join instead
--          of a search for the last one that isn't null in each row's past.
with seen as (
    select
        quota_key,
        observed_s as limit_s,
        row_number() over past as number,
        "limit",
        last_value(used ignore nulls) over past as observed,
        max(observed_s) filter (used is not null) over past as observed_s
    from observed_quotas
    where observed_s <= $until_s
    window past as (partition by quota_key order by observed_s rows between unbounded preceding and current row)
),

moments as (
    select
        quota_key,
        at_s,
        cast(sum(delta) as integer) as delta,
        cast(sum(observations) as integer) as observations
    from (
        select quota_key, at_s, delta, 0 as observations, false as kept
        from quota_events
        union all
        select quota_key, greatest(limit_s, $from_s), 0, 1, true
        from seen
        union all
        select q.quota_key, m.at_s, 0, 0, true
        from quota_keys as q
        cross join (select unnest(cast($marks as bigint[])) as at_s) as m
    ) as changes
    group by quota_key, at_s
    having sum(delta) <> 0 or bool_or(kept)
),

steps as (
    select
        quota_key,
        at_s,
        lead(at_s, 1, $until_s) over past as until_s,
        cast(sum(delta) over past as bigint) as counted,
        cast(sum(observations) over past as bigint) as number
    from moments
    window past as (partition by quota_key order by at_s rows between unbounded preceding and current row)
)

select
    t.quota_key,
    t.at_s,
    t.until_s,
    t.counted,
    cast(s.observed as bigint) as observed,
    s.observed_s,
    coalesce(s.observed_s = t.at_s, false) as observed_here,
    cast(coalesce(s."limit", f."limit") as bigint) as "limit",
    s.limit_s,
    s.limit_s is null and f.limit_s is not null as limit_assumed
from steps as t
left join seen as s on t.quota_key = s.quota_key and t.number = s.number
left join seen as f on t.quota_key = f.quota_key and f.number = 1
