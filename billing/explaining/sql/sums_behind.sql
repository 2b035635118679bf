-- Purpose: what all instances behind a charge come to.
-- Grain:   one row per declared extra storage.
-- Takes:   all_behind: the rows of instances_behind; $from_s, $until_s.
-- Gives:   records, their seconds inside; running_on: how many run on past their last observation, and the first of those.
select
    a.extra_ephemeral_micro,
    count(*) as records,
    cast(sum(least(a.until_s, $until_s) - greatest(a.started_s, $from_s)) as hugeint) as seconds,
    count(*) filter (where a.known_until_s < least(a.until_s, $until_s)) as running_on,
    min(struct_pack(started_s := a.started_s, instance_id := a.instance_id))
        filter (where a.known_until_s < least(a.until_s, $until_s)) as first_running_on
from all_behind as a
group by a.extra_ephemeral_micro
order by a.extra_ephemeral_micro
