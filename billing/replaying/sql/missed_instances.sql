-- Purpose: the instances that miss their cache in a replay.
-- Grain:   one row per posting of such an instance.
-- Takes:   starting_instances; missed(cache_key, started_s, disk): the instances of a cache that start in this second miss it.
-- Gives:   what metering reads, and the instance's size; disk: a hit would have given it a disk.
select i.*, m.disk
from starting_instances as i
inner join (select distinct * from missed) as m on i.cache_key = m.cache_key and i.started_s = m.started_s
