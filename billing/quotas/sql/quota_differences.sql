-- Purpose: since when what was observed has differed from what was counted at the same moments.
-- Grain:   one row per quota whose latest observation differs.
-- Takes:   quota_history.
-- Gives:   difference, observed - counted at the latest observation, and since_s, the first observation since which all differ.
with compared as (
    select quota_key, at_s, observed - counted as difference
    from quota_history
    where observed_here
)

select
    c.quota_key,
    arg_max(c.difference, c.at_s) as difference,
    min(c.at_s) as since_s
from compared as c
left join (
    select quota_key, max(at_s) as at_s
    from compared
    where difference = 0
    group by quota_key
) as agreed on c.quota_key = agreed.quota_key
where agreed.at_s is null or c.at_s > agreed.at_s
group by c.quota_key
