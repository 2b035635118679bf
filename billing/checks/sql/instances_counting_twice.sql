-- Purpose: instances of which more than one version counts, or fewer than none.
-- Grain:   one row per record.
-- Takes:   every_instance_posting. Hashes find the few that are worth looking at.
-- Gives:   the record, and how many of its versions count.
select account_id, region, instance_id, sum(sign) as current_versions
from every_instance_posting
where
    hash(account_id, region, instance_id) in (
        select hash(account_id, region, instance_id)
        from every_instance_posting
        group by 1
        having sum(sign) not in (0, 1)
    )
group by account_id, region, instance_id
having sum(sign) not in (0, 1)
order by account_id, region, instance_id
