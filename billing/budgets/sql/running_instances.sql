-- Purpose: the instances that have begun by a moment; those that run at it run on.
-- Grain:   one row per posting, as in the journal.
-- Takes:   recorded_instance_postings; {at_s}: the moment; {open_s}: an end that never comes; {ended_s}: ends up to it are left out.
-- Gives:   the journal's own columns; where a file's plain rows lie is not known any more.
select * replace (
    case when until_s > {at_s} then {open_s} else until_s end as until_s,
    0 as plain_from_s,
    {open_s} as plain_until_s
)
from recorded_instance_postings
where started_s < {at_s} and until_s > {ended_s}
