-- Purpose: which incoming rows can't simply be added: their record comes several times, or is stored already.
-- Grain:   one row per hash of an id; a hash that two records share only costs time.
-- Takes:   {incoming}; {postings}, the stored journal of the kind; {several}: whether all of them count as coming several times.
-- Gives:   identity (a hash of the id alone, which holds within this connection) and whether the record comes several times.
select identity, bool_or(several) or {several} as several
from (
    select hash({id}) as identity, true as several
    from {incoming}
    group by 1
    having count(*) > 1
    union all
    select identity, false as several
    from (select hash({id}) as identity from {postings} where sign >= 0) as stored
    where identity in (select hash({id}) from {incoming})
) as found
group by identity
