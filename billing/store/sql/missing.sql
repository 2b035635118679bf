-- Purpose: known open records that a complete source no longer lists: they ended, at the latest when it was asked. What ended by its
--          retention before that has ended already.
-- Grain:   one row per record.
-- Takes:   {incoming}, a complete list of each account and region in it; {postings}.
-- Gives:   the record's content with its end set to the source's instant, as versions of the source's batch; their lines lie
--          below {last_line}, which is 0 or less: they stand in no file.
with asked as (
    select account_id, region, max(observed_at) as at, max(batch) as batch
    from {incoming}
    group by account_id, region
),

open_postings as (
    select p.*
    from {postings} as p
    inner join asked as a on p.account_id = a.account_id and p.region = a.region
    where p.{end} is null and p.sign <> 0
),

known as (
    select v.*
    from open_postings as v
    where
        v.sign = 1
        and not exists (
            select 1 from open_postings as r where r.sign = -1 and r.batch = v.batch and r.line = v.line
        )
)

select
    a.batch,
    {last_line} - row_number() over (order by k.account_id, k.region, k.{id}) as line,
    {ended}
from known as k
inner join asked as a on k.account_id = a.account_id and k.region = a.region
where
    k.observed_at < a.at
    and k.until_s > epoch_us(a.at) // 1000000
    and not exists (
        select 1
        from {incoming} as i
        where i.account_id = k.account_id and i.region = k.region and i.{id} = k.{id}
    )
