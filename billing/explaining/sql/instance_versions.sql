-- Purpose: every version of the instances behind a charge, in the order in which they were observed.
-- Grain:   one row per version or withdrawal.
-- Takes:   behind: the rows of instances_behind; every_instance_posting, instance_history; $account, $region.
-- Gives:   record, batch, line, when it was observed (epoch seconds), whether it withdraws the record.
--          What no longer counts was taken back, whichever cache it named: only reversals are looked through, and they are few.
select distinct v.record, v.batch, v.line, v.observed_s, v.withdraws
from (
    select instance_id as record, batch, line, observed_s, false as withdraws from behind
    union all
    select p.instance_id, p.batch, p.line, epoch_us(p.observed_at) // 1000000, p.sign = 0
    from (
        select instance_id, batch, line, observed_at, sign, account_id, region from every_instance_posting where sign <= 0
        union all
        select instance_id, batch, line, observed_at, sign, account_id, region from instance_history where sign <= 0
    ) as p
    where p.account_id = $account and p.region = $region and p.instance_id in (select b.instance_id from behind as b)
) as v
order by v.record, v.observed_s, v.batch, v.line
