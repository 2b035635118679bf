-- Purpose: the current version of every stored record that the incoming rows speak of.
-- Grain:   one row per record.
-- Takes:   {postings}; contested.
-- Gives:   the posting as it was written: a reversal must repeat its values to the digit. What counts now is the version that
--          nothing reverses, else the last withdrawal; so only withdrawals, of which there are few, need a window.
with hits as materialized (
    select *
    from {postings}
    where hash(account_id, region, {id}) in (select identity from contested)
),

counting as (
    select *
    from hits as v
    where
        sign = 1
        and not exists (select 1 from hits as r where r.sign = -1 and r.batch = v.batch and r.line = v.line)
)

select * from counting
union all
select *
from hits as w
where
    sign = 0
    and not exists (
        select 1
        from counting as c
        where c.account_id = w.account_id and c.region = w.region and c.{id} = w.{id}
    )
qualify row_number() over (
    partition by account_id, region, {id}
    order by observed_at desc, batch desc, line desc
) = 1
