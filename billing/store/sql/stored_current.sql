-- Purpose: the current version of every stored record that the incoming rows speak of.
-- Grain:   one row per record.
-- Takes:   {postings}; contested.
-- Gives:   the posting as it was written: a reversal must repeat its values to the digit.
select *
from {postings}
where sign >= 0 and hash(account_id, region, {id}) in (select identity from contested)
qualify row_number() over (
    partition by account_id, region, {id}
    order by observed_at desc, batch desc, line desc
) = 1
