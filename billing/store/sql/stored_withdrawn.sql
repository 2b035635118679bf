-- Purpose: the last withdrawal of every stored record that the incoming rows speak of and that doesn't count now.
-- Grain:   one row per record.
-- Takes:   {postings}; contested; stored_current, the records that count.
-- Gives:   the posting as it was written.
select *
from {postings} as w
where
    w.sign = 0
    and hash(w.{id}) in (select identity from contested)
    and not exists (
        select 1
        from stored_current as c
        where c.account_id = w.account_id and c.region = w.region and c.{id} = w.{id}
    )
qualify row_number() over (
    partition by w.account_id, w.region, w.{id}
    order by w.observed_at desc, w.batch desc, w.line desc
) = 1
