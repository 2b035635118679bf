-- Purpose: the stored versions that an import supersedes or withdraws, as the postings that take them back.
-- Grain:   one row per version.
-- Takes:   stored_current, chain, pairs; {posted}, the batch that posts them.
-- Gives:   the columns of the kind, with sign -1 and every other value as it was posted; and `usual`, as the postings have it.
select c.* replace (cast(-1 as tinyint) as sign, cast({posted} as integer) as posted), {usual} as usual
from stored_current as c
where
    c.sign = 1
    and (c.batch, c.line) in (
        select (h.batch, h.line) from chain as h where h.stored and h.superseded
        union all
        select (p.stored_batch, p.stored_line) from pairs as p where p.outcome = 'revised'
    )
