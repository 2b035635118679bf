-- Purpose: the versions that an import adds to the journal, with the signs that they are posted with.
-- Grain:   one row per version and sign: 1 where the version counts, 1 and -1 where it is history already, 0 for a withdrawal.
-- Takes:   {incoming}, the condition of not being contested, chain, pairs.
-- Gives:   the content, batch, line and sign.
select batch, line, {content}, cast(case when retracted then 0 else 1 end as tinyint) as sign
from {incoming}
where {uncontested}
union all
select
    batch,
    line,
    {content},
    cast(unnest(case when retracted then [0] when superseded or outcome = 'older' then [1, -1] else [1] end) as tinyint)
        as sign
from chain
where outcome in ('new', 'revised', 'older')
union all
select
    batch,
    line,
    {content},
    cast(unnest(case when retracted then [0] when outcome = 'older' then [1, -1] else [1] end) as tinyint) as sign
from pairs
