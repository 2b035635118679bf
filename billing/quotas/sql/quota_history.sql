-- Purpose: how each quota was used from moment to moment, as counted from the caches and as observed at the source.
-- Grain:   one row per quota and instant at which something changes or is observed, and at each of $marks.
-- Takes:   quota_keys, quota_events, observed_quotas; $from_s and $until_s bound the instants, both included.
-- Gives:   counted, the running sum; observed, the latest observation's number, made at observed_s, and observed_here
--          where one was made at this very instant; limit, the latest that was observed, at limit_s; before the first
--          observation that one's (limit_assumed). A row holds until until_s.
with changes as (
    select quota_key, at_s, delta, null as observed_s, null as "limit", null as used
    from quota_events
    union all
    select quota_key, greatest(observed_s, $from_s), 0, observed_s, "limit", used
    from observed_quotas
    where observed_s <= $until_s
    union all
    select q.quota_key, m.at_s, 0, null, null, null
    from quota_keys as q
    cross join (select unnest(cast($marks as bigint[])) as at_s) as m
),

moments as (
    select
        quota_key,
        at_s,
        sum(delta) as delta,
        arg_max("limit", observed_s) as "limit",
        arg_max(used, observed_s) as used,
        max(observed_s) filter (used is not null) as observed_s,
        max(observed_s) as limit_s
    from changes
    group by quota_key, at_s
)

select
    quota_key,
    at_s,
    lead(at_s, 1, $until_s) over moment as until_s,
    cast(sum(delta) over moment as bigint) as counted,
    cast(last_value(used ignore nulls) over moment as bigint) as observed,
    last_value(observed_s ignore nulls) over moment as observed_s,
    used is not null and observed_s = at_s as observed_here,
    cast(coalesce(
        last_value("limit" ignore nulls) over moment,
        first_value("limit" ignore nulls) over (
            partition by quota_key
            order by at_s
            rows between unbounded preceding and unbounded following
        )
    ) as bigint) as "limit",
    last_value(limit_s ignore nulls) over moment as limit_s,
    last_value("limit" ignore nulls) over moment is null as limit_assumed
from moments
window moment as (partition by quota_key order by at_s rows between unbounded preceding and current row)
