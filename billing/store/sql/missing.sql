-- Purpose: known open records that a complete source no longer lists: they ended, at the latest when it was asked.
-- Grain:   one row per record.
-- Takes:   {incoming}, a complete list of each account and region in it; {postings}.
-- Gives:   the record's content with its end set to the source's instant, as versions of the source's batch with lines from -1 down.
with asked as (
    select account_id, region, max(observed_at) as at, max(batch) as batch
    from {incoming}
    group by account_id, region
),

known as (
    select p.*
    from {postings} as p
    inner join asked as a on p.account_id = a.account_id and p.region = a.region
    where p.sign >= 0
    qualify row_number() over (
        partition by p.account_id, p.region, p.{id}
        order by p.observed_at desc, p.batch desc, p.line desc
    ) = 1
)

select
    a.batch,
    -row_number() over (order by k.account_id, k.region, k.{id}) as line,
    {ended}
from known as k
inner join asked as a on k.account_id = a.account_id and k.region = a.region
where
    k.{end} is null
    and not k.retracted
    and k.observed_at < a.at
    and not exists (
        select 1
        from {incoming} as i
        where i.account_id = k.account_id and i.region = k.region and i.{id} = k.{id}
    )
