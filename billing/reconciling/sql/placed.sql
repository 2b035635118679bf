-- Purpose: the position of each subject; what our side does not have gets one of its own.
-- Grain:   one row per subject.
-- Takes:   subjects, positions.
-- Gives:   subjects with position; positions with what only the bill has.
insert into positions
select
    cast((select count(*) from positions) + row_number() over () as integer) as position,
    family,
    account_id,
    region,
    resource,
    0 as spans
from (
    select distinct s.family, s.account_id, s.region, s.resource
    from subjects as s
    anti join positions as p
        on s.family = p.family and s.account_id = p.account_id and s.region = p.region and s.resource = p.resource
    where s.verdict = 'compare'
) as only_theirs;
create or replace temp table subjects as
select s.*, p.position
from subjects as s
left join positions as p
    on s.family = p.family and s.account_id = p.account_id and s.region = p.region and s.resource = p.resource
