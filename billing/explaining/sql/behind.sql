-- Purpose: the instances that are listed of those behind a charge.
-- Grain:   one row per instance, at most $most, the earliest.
-- Takes:   all_behind: the rows of instances_behind; $extras: the declared extra storage, -1 where there is none, of which records
--          count; $record: the one that is wanted, null for any.
-- Gives:   all columns.
select a.*
from all_behind as a
where coalesce(a.extra_ephemeral_micro, -1) in (select unnest($extras)) and ($record is null or a.instance_id = $record)
order by a.started_s, a.instance_id
limit $most
