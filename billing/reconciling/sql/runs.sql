-- Purpose: the instances that run in the month, each as it is known now, clipped.
-- Grain:   one row per instance of an account and region.
-- Takes:   instance_postings (the journal); the interval [{from_s}, {until_s}).
-- Gives:   begin_s and end_s in whole epoch seconds; cache_key; instances without length are left out.
create or replace temp table runs as
select
    account_id,
    region,
    instance_id,
    cache_key,
    extra_ephemeral_micro,
    greatest(started_s, {from_s}) as begin_s,
    least(until_s, {until_s}) as end_s
from instance_postings
where started_s < {until_s} and until_s > {from_s}
group by account_id, region, instance_id, cache_key, extra_ephemeral_micro, started_s, until_s
having sum(sign) > 0 and until_s > started_s
