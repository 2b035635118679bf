-- Purpose: what a row of either side is for, as one number, since texts are dear to compare a million times.
-- Grain:   one row per family, account, region and resource.
-- Takes:   spans.
-- Gives:   spans: how many spans of ours it has; what only the bill has is added later, with none.
create or replace temp table positions as
select cast(row_number() over () as integer) as position, *
from (
    select family, account_id, region, resource, count(*) as spans
    from spans
    group by family, account_id, region, resource
) as places
