-- Purpose: how fresh the records of a month are.
-- Grain:   one row.
-- Takes:   cache_postings and instance_postings (the journal); $from_s and $until_s in epoch seconds, $account or null.
-- Gives:   the whole epoch second of the latest observation of a record that touches [from_s, until_s), null without records.
select max(observed_us) // 1000000 as observed_s
from (
    select epoch_us(p.observed_at) as observed_us
    from cache_postings as p
    where
        p.sign = 1 and p.created_s < $until_s and p.until_s >= $from_s
        and ($account is null or p.account_id = $account)
    union all
    select epoch_us(p.observed_at) as observed_us
    from instance_postings as p
    where
        p.sign = 1 and p.started_s < $until_s and p.until_s >= $from_s
        and ($account is null or p.account_id = $account)
)
