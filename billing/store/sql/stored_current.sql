-- Purpose: the version that counts now of every stored record that the incoming rows speak of.
-- Grain:   one row per record that isn't withdrawn.
-- Takes:   {postings}; contested.
-- Gives:   the posting as it was written: a reversal must repeat its values to the digit. What nothing reverses counts, so
--          no window is needed.
select *
from {postings} as v
where
    v.sign = 1
    and hash(v.{id}) in (select identity from contested)
    and not exists (
        select 1
        from {postings} as r
        where
            r.sign = -1
            and hash(r.{id}) in (select identity from contested)
            and r.batch = v.batch
            and r.line = v.line
    )
