-- Purpose: which incoming rows can't simply be added: their record comes twice, or is stored already.
-- Grain:   one row per hash of an identity; a hash that two identities share only costs time.
-- Takes:   {incoming}; {postings}, the stored journal of the kind.
-- Gives:   identity (a hash that holds within this connection).
select hash(account_id, region, {id}) as identity
from {incoming}
group by 1
having count(*) > 1
union
select identity
from (select hash(account_id, region, {id}) as identity from {postings} where sign >= 0) as stored
where identity in (select hash(account_id, region, {id}) from {incoming})
