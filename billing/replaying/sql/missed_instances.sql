-- Purpose: the instances that miss their cache in a replay.
-- Grain:   one row per posting of such an instance.
-- Takes:   instance_postings; missed(cache_key, started_s, disk): the instances of a cache that start in this second miss it.
-- Gives:   what metering reads, and the instance's size; disk: a hit would have given it a disk.
select
    i.sign,
    i.cache_key,
    i.extra_ephemeral_micro,
    i.tags,
    i.started_s,
    i.until_s,
    i.known_until_s,
    i.vcpu_micro,
    i.memory_micro,
    m.disk
from instance_postings as i
inner join (select distinct * from missed) as m on i.cache_key = m.cache_key and i.started_s = m.started_s
where i.started_s >= {from_s} and i.started_s < {until_s}
