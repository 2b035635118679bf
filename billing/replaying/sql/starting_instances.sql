-- Purpose: the instances that start in the interval, with what a replay may ask of those that miss their cache.
-- Grain:   one row per posting.
-- Takes:   instance_postings; the interval [{from_s}, {until_s}).
-- Gives:   the columns that metering reads (no file of plain rows is among them), and the instance's size.
select
    sign,
    cache_key,
    extra_ephemeral_micro,
    cast(null as varchar) as tags,
    started_s,
    until_s,
    known_until_s,
    0 as plain_from_s,
    {open_s} as plain_until_s,
    vcpu_micro,
    memory_micro
from instance_postings
where started_s >= {from_s} and started_s < {until_s}
