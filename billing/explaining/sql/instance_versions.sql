-- Purpose: every version of the instances behind a charge, in the order in which they were observed.
-- Grain:   one row per version or withdrawal; the version that counts is among them.
-- Takes:   every_instance_posting, instance_history; behind(instance_id); $account, $region, $from_s, $until_s: the charge's time.
-- Gives:   record, batch, line, when it was observed (epoch seconds), whether it withdraws the record.
select distinct v.instance_id as record, v.batch, v.line, epoch_us(v.observed_at) // 1000000 as observed_s, v.sign = 0 as withdraws
from (
    select instance_id, batch, line, observed_at, sign, account_id, region from every_instance_posting where sign >= 0
    union all
    select instance_id, batch, line, observed_at, sign, account_id, region from instance_history where sign >= 0
) as v
where v.account_id = $account and v.region = $region and v.instance_id in (select b.instance_id from behind as b)
order by record, observed_s, batch, line
